import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Console } from './console.ts';

test('a watcher of the console gets all text, also text that was read by another caller before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kc-console-'));
  const path = join(folder, 'console.log');
  const console = new Console(path);
  try {
    let seen = '';
    console.watch((all) => {
      seen = all;
    });
    await appendFile(path, 'reboot: System halted\n');
    expect(console.text()).toBe('reboot: System halted\n'); // before the watcher looks
    await vi.waitFor(() => expect(seen).toBe('reboot: System halted\n'));
  } finally {
    console.unwatch();
    await rm(folder, { recursive: true, force: true });
  }
});
