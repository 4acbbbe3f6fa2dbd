import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Samples } from './samples.ts';

const PROGRAMS = 40;
const SUITE = `import { suite } from 'kconform';
export default suite({ kind: 'programs', about: 'programs that do nothing', folder: '../../programs' });
`;

/**
 * What a suite costs for each of its programs: of programs that exit at once, 41 and 1 are run, and the difference is divided by 40.
 * @returns measures it once
 */
export async function prepareSuites(
  kernel: string,
): Promise<{ measure(samples: Samples): Promise<void> } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-bench-'));
  const names = Array.from({ length: PROGRAMS + 1 }, (_, index) => `program-${index}`);
  await mkdir(join(folder, 'cases/trivial'), { recursive: true });
  await mkdir(join(folder, 'programs'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(process.cwd(), join(folder, 'node_modules/kconform'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  await writeFile(join(folder, 'cases/trivial/suite.ts'), SUITE);
  const program = join(folder, 'nothing');
  await execa('gcc', ['-static', '-x', 'c', '-o', program, '-'], { input: 'int main(void) { return 0; }\n' });
  for (const name of names) await copyFile(program, join(folder, 'programs', name));
  const run = async (cases: readonly string[]) => {
    const options = ['--cases', join(folder, 'cases'), '--kernel', kernel];
    const from = performance.now();
    const { stdout } = await execa('npx', ['kconform', 'run', ...cases, ...options]);
    if (!stdout.includes(`\n${cases.length + 1} PASS in `)) throw new TypeError(`programs did not pass:\n${stdout}`);
    return performance.now() - from;
  };
  const all = names.map((name) => `trivial/${name}`);
  await run(all); // makes the template
  return {
    async measure(samples) {
      const one = await run(all.slice(0, 1));
      samples.add('suiteProgramMs', ((await run(all)) - one) / PROGRAMS);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
