/** Every command of the walkthroughs in docs/authoring.md is run as it stands there, and shows what stands behind it. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kconform, REPOSITORY } from './command-line.test-support.ts';

type Step =
  | { readonly file: string; readonly text: string }
  /** `shows`: texts found one after the other in what it prints, runs of spaces taken for one. */
  | { readonly words: readonly string[]; readonly shows: readonly string[] };

/** The indented blocks of a text: a file begins with its name in a comment, the rest are commands. */
function stepsOf(text: string): Step[] {
  // A part is a line of prose and the indented lines behind it.
  const blocks = text.split(/\n(?=\S)/).map((part) => part.split('\n').slice(1).join('\n').trim());
  return blocks
    .flatMap((block) => block.replaceAll(/^ {4}/gm, '').split(/\n\n(?=npx )/))
    .flatMap((block): Step[] => {
      if (block === '') return [];
      const file = /^\s*(?:\/\/|#) (\S+\.\w+)\n/.exec(block);
      if (file?.[1] !== undefined) return [{ file: file[1], text: `${block.slice(file[0].length).trim()}\n` }];
      return block
        .trim()
        .split('\n')
        .map((line) => {
          const [command = '', shows = ''] = line.split(/ +# /);
          const words = command.split(' ');
          if (words.shift() !== 'npx' || words.shift() !== 'kconform') throw new Error(`not a command: ${line}`);
          return { words, shows: shows.split(' … ') };
        });
    });
}

async function sections(): Promise<[string, Step[]][]> {
  const readme = await readFile(join(REPOSITORY, 'docs/authoring.md'), 'utf8');
  const walkthrough = readme.split('## From a bug report to a proven case\n')[1]?.split(/\n## |\n<!-- /)[0] ?? '';
  return walkthrough
    .split('\n### ')
    .slice(1)
    .map((section) => [section.split('\n')[0] ?? '', stepsOf(section)]);
}

let repository: string;
beforeAll(async () => {
  repository = await mkdtemp(join(tmpdir(), 'kc-walk-'));
  await writeFile(join(repository, 'package.json'), '{ "type": "module" }\n');
  await writeFile(join(repository, 'tsconfig.json'), '{ "extends": "kconform/tsconfig.json", "include": ["cases"] }\n');
  await writeFile(join(repository, 'kconform.config.ts'), "export default { cases: './cases' };\n");
  await mkdir(join(repository, 'node_modules'));
  await symlink(REPOSITORY, join(repository, 'node_modules/kconform'));
});
afterAll(() => rm(repository, { recursive: true, force: true }));

test.each(await sections())('%s', { timeout: 600_000 }, async (_title, steps) => {
  expect(steps.filter((step) => 'words' in step).length).toBeGreaterThan(2);
  for (const step of steps) {
    if ('file' in step) {
      await mkdir(dirname(join(repository, step.file)), { recursive: true });
      await writeFile(join(repository, step.file), step.text);
      continue;
    }
    const { all, leftovers } = await kconform(step.words, { cwd: repository });
    expect(step.shows.join('')).not.toBe('');
    let rest = all.replaceAll(/ +/g, ' ');
    for (const text of step.shows) {
      expect(rest, step.words.join(' ')).toContain(text);
      rest = rest.slice(rest.indexOf(text) + text.length);
    }
    expect(leftovers).toEqual([]);
  }
});

test('what the walkthrough leaves compiles', async () => {
  const names = (await sections()).map(([title]) => title);
  expect(names).toHaveLength(3);
  const tsc = join(REPOSITORY, 'node_modules/.bin/tsc');
  expect((await execa(tsc, ['--noEmit'], { cwd: repository, reject: false })).stdout).toBe('');
});
