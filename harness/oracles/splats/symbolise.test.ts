import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSplats } from './splats.ts';
import { symbolise } from './symbolise.ts';

let folder: string;
/** A program with debug information that stands in for a kernel: what is looked up is the same. */
let image: string;

const SOURCE = `int counter;
int outer(int value)
{
	counter++;
	return value / counter;
}
static int twice(void) { return 1; }
int start_kernel(void) { return outer(twice()); }
int main(void) { return start_kernel(); }
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-symbols-'));
  image = join(folder, 'image');
  await execa('mkdir', ['-p', join(folder, 'tree/init')]);
  await writeFile(join(folder, 'tree/init/main.c'), SOURCE);
  await execa('cc', ['-g', '-O0', '-o', image, join(folder, 'tree/init/main.c')]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const log = (frame: string) => `BUG: x\nCall Trace:\n <TASK>\n ${frame}\n </TASK>\n`;

test('a frame gets file and line, counted from the root of the source', async () => {
  const [splat] = await symbolise(readSplats(log('outer+0xa/0x20')), image);
  expect(splat?.text).toContainEqual(expect.stringMatching(/^ outer\+0xa\/0x20 \(init\/main\.c:[3-5]\)$/));
  expect(splat?.fingerprint).toEqual(['outer']);
});

test('a function that the image does not have stays as it is', async () => {
  const splats = readSplats(log('absent+0xa/0x20'));
  expect(await symbolise(splats, image)).toEqual(splats);
});

test('an image that is none changes nothing', async () => {
  const splats = readSplats(log('outer+0xa/0x20'));
  expect(await symbolise(splats, '/etc/hostname')).toEqual(splats);
});

test.each([
  [{ missing: 'linux-image-6.12-dbg=6.12-1 is not published' }, 'linux-image-6.12-dbg=6.12-1 is not published'],
  ['/nonexistent', '/nonexistent was removed'],
])('symbols that are missing are said to be: %j', async (symbols, why) => {
  const [splat] = await symbolise(readSplats(log('outer+0xa/0x20')), symbols);
  expect(splat?.text.at(-1)).toBe(`(no symbols: ${why})`);
  expect(splat?.fingerprint).toEqual(['outer']);
});
