import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync('/tmp/kc-run-');
  vi.resetModules(); // it keeps its folder for as long as the process lives
  vi.stubEnv('XDG_RUNTIME_DIR', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(parent, { recursive: true, force: true });
});

async function parentOfNew(): Promise<string> {
  const { newRunFolder } = await import('./run-folder.ts');
  const folder = newRunFolder();
  rmSync(dirname(folder), { recursive: true, force: true });
  return dirname(dirname(folder));
}

test('TMPDIR is used where the paths of sockets below it are short enough', async () => {
  vi.stubEnv('TMPDIR', parent);
  expect(await parentOfNew()).toBe(parent);
});

test('a TMPDIR of few characters and many bytes is too long for a socket: /tmp is used', async () => {
  const long = join(parent, '临'.repeat(30));
  mkdirSync(long);
  vi.stubEnv('TMPDIR', long);
  expect(await parentOfNew()).toBe('/tmp');
});

test('an XDG_RUNTIME_DIR that cannot be written is not used', async ({ skip }) => {
  skip(process.getuid?.() === 0, 'root may write to any folder');
  const closed = join(parent, 'closed');
  mkdirSync(closed, { mode: 0o500 });
  vi.stubEnv('XDG_RUNTIME_DIR', closed);
  vi.stubEnv('TMPDIR', parent);
  expect(await parentOfNew()).toBe(parent);
});

test('one that is not there is an error of the host that names TMPDIR', async () => {
  vi.stubEnv('TMPDIR', join(parent, 'missing'));
  const { newRunFolder } = await import('./run-folder.ts');
  expect(() => newRunFolder()).toThrow(
    expect.objectContaining({ code: 'KC_RUN_FOLDER', blame: 'host', hint: expect.stringContaining('TMPDIR') }),
  );
});
