import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withOutFolder } from '../out-folder.ts';

test('the holder of another container that shows nothing any more is taken over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-out-'));
  try {
    await writeFile(join(folder, '.kconform.lock'), '7 1 another-boot pid:[1]');
    expect(await withOutFolder(folder, async () => 'ran')).toBe('ran');
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
