/** A boot with several CPUs under emulation that failed once; the real QEMU, whose first guests get a parameter that they do not survive. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, vi } from 'vitest';

export interface FailingQemu {
  /** A folder of the test's own. */
  readonly home: string;
  /** How many of the first guests fail. */
  break(count: number): Promise<void>;
  /** How many guests were started. */
  starts(): Promise<number>;
}

/** To be called at the top of a file of tests. */
export function failingQemu(): FailingQemu {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'kc-again-'));
    const real = (await execa('sh', ['-c', 'command -v qemu-system-x86_64'])).stdout;
    const fake = join(home, 'qemu-system-x86_64');
    // A line per start of a guest; as many of them as the file "broken" says get a kernel without an init.
    const script = `#!/bin/bash
args=("$@")
if [[ " $* " == *" -append "* ]]; then
  echo start >>${home}/starts
  if [ $(wc -l <${home}/starts) -le $(cat ${home}/broken) ]; then args=("\${args[@]/console=/initcall_blacklist=populate_rootfs console=}"); fi
fi
exec ${real} "\${args[@]}"
`;
    await writeFile(fake, script);
    await chmod(fake, 0o755);
    vi.stubEnv('PATH', `${home}:${process.env.PATH}`);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(home, { recursive: true, force: true });
  });
  return {
    get home() {
      return home;
    },
    break: (count) => writeFile(join(home, 'broken'), String(count)),
    starts: async () => (await readFile(join(home, 'starts'), 'utf8')).split('\n').length - 1,
  };
}
