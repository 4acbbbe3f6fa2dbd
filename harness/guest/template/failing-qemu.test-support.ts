/** The real QEMU, whose first guests fail. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, vi } from 'vitest';

export interface FailingQemu {
  /** A folder of the test's own. */
  readonly home: string;
  /** How many of the first guests fail, and how. */
  break(count: number, fault?: keyof typeof FAULTS): Promise<void>;
  /** How many guests were started. */
  starts(): Promise<number>;
}

/** What is done to a guest that is to fail: its kernel has no init, or nothing reaches its SSH server. */
const FAULTS = {
  'no init': `args=("\${args[@]/console=/initcall_blacklist=populate_rootfs console=}")`,
  'no login': `args=("\${args[@]/nr=2,chardev=ssh/nr=2,chardev=nobody}" -chardev null,id=nobody)`,
};

/** To be called at the top of a file of tests. */
export function failingQemu(): FailingQemu {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'kc-again-'));
    const real = (await execa('sh', ['-c', 'command -v qemu-system-x86_64'])).stdout;
    const fake = join(home, 'qemu-system-x86_64');
    // A line per start of a guest; as many of them as the file "broken" says get what the file "fault" says.
    const script = `#!/bin/bash
args=("$@")
if [[ " $* " == *" -append "* ]]; then
  echo start >>${home}/starts
  if [ $(wc -l <${home}/starts) -le $(cat ${home}/broken) ]; then . ${home}/fault; fi
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
    async break(count, fault = 'no init') {
      await writeFile(join(home, 'broken'), String(count));
      await writeFile(join(home, 'fault'), FAULTS[fault]);
    },
    starts: async () => (await readFile(join(home, 'starts'), 'utf8')).split('\n').length - 1,
  };
}
