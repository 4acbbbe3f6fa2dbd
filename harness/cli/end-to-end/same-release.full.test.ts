/** A published kernel and a copy of its image in which one byte differs: one release, two kernels, through every command. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveKernel } from '../../kernels/resolve.ts';
import { readResults } from '../../run/results/results-file.ts';
import { compiled, schema } from '../../run/results/schema.test-support.ts';
import { kconform } from './command-line.test-support.ts';
import { PASSES, temporaryCases } from './temporary-cases.test-support.ts';

/** The last byte of e_ident, which is padding: nothing reads it. */
const PADDING = 15;

let cases: string;
let copy: string;
let published: string;
beforeAll(async () => {
  cases = await temporaryCases({ a: PASSES });
  copy = join(cases, 'vmlinux');
  const kernel = await resolveKernel('6.12.57');
  published = kernel.id;
  const bytes = await readFile(kernel.vmlinux);
  bytes[PADDING] = 1;
  await writeFile(copy, bytes);
});
afterAll(() => rm(cases, { recursive: true, force: true }));

const out = (name: string) => join(cases, name);
const foldersIn = async (folder: string) =>
  (await readdir(folder, { withFileTypes: true }))
    .filter((one) => one.isDirectory())
    .map(({ name }) => name)
    .sort();

test('run, report, run --resume, merge and compare keep them apart', async () => {
  const words = ['run', '--cases', cases, '--kernel', '6.12.57', '--kernel', copy];
  const run = await kconform([...words, '--out', out('whole'), '--report', `ktap=${out('ktap')}`]);
  expect(run).toMatchObject({ exitCode: 0, all: expect.stringContaining('4 PASS') });
  const { results } = await readResults(out('whole'));
  const validate = compiled(schema);
  const document: unknown = JSON.parse(await readFile(join(out('whole'), 'results.json'), 'utf8'));
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  const ids = [...new Set(results.map(({ kernel }) => kernel.id))].sort();
  expect(ids).toEqual([expect.stringMatching(/^6\.12\.57\+deb12-cloud-amd64@[0-9a-f]{12}$/), published]);
  expect(new Set(results.map(({ kernel }) => kernel.version)).size).toBe(1);
  expect(await foldersIn(out('whole'))).toEqual(ids);
  for (const id of ids) {
    expect(run.all).toContain(id);
    expect(await readFile(out('ktap'), 'utf8')).toContain(id);
    expect(await readFile(join(out('whole'), id, 'a/transcript.txt'), 'utf8')).toContain('echo 42');
  }

  const resumed = await kconform(['run', '--cases', cases, '--resume', out('whole')]);
  expect(resumed.all).toContain('4 results, which are kept');
  expect((await readResults(out('whole'))).results).toEqual(results);

  for (const index of [1, 2]) await kconform([...words, '--shard', `${index}/2`, '--out', out(`part-${index}`)]);
  const merged = await kconform(['merge', out('part-1'), out('part-2'), '--out', out('merged')]);
  expect(merged).toMatchObject({ exitCode: 0, all: expect.stringContaining('4 PASS') });
  expect(await foldersIn(out('merged'))).toEqual(ids);

  const compared = await kconform(['compare', out('whole'), out('merged')]);
  expect(compared).toMatchObject({ exitCode: 0, all: expect.stringContaining('4 as before') });
});
