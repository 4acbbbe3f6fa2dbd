import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { asKconformError } from '../errors/error.ts';
import { isFull, noRoomFor, scratchFolder } from './scratch-folder.ts';

afterEach(() => vi.unstubAllEnvs());

test('a TMPDIR that is not there is a fault of the host', () => {
  vi.stubEnv('TMPDIR', '/no/such/folder');
  expect(() => scratchFolder('kconform-test-')).toThrow(
    expect.objectContaining({ code: 'KC_TMPDIR', blame: 'host', hint: expect.stringContaining('TMPDIR') }),
  );
});

test('a relative TMPDIR gives an absolute folder', () => {
  const parent = mkdtempSync(join(tmpdir(), 'kconform-parent-'));
  const before = process.cwd();
  process.chdir(parent);
  try {
    vi.stubEnv('TMPDIR', '.');
    const folder = scratchFolder('kconform-test-');
    expect(isAbsolute(folder)).toBe(true);
    rmdirSync(folder);
  } finally {
    process.chdir(before);
    rmdirSync(parent);
  }
});

test('a compiler that has no room is a fault of the host, other words of it are not', () => {
  expect(noRoomFor('/tmp/cc1.s: fatal error: cannot write: No space left on device')).toMatchObject({ blame: 'host' });
  expect(noRoomFor('x.c:1:1: error: expected ;')).toBeUndefined();
  expect(isFull(tmpdir())).toBe(false);
});

test.each([
  ['EMFILE', 'ulimit -n'],
  ['ENOMEM', 'ulimit -v'],
  ['ENOSPC', 'disk is full'],
])('%s of a system call is the host’s, whoever made it', (code, words) => {
  const error = Object.assign(new Error(`${code}: words`), { code, syscall: 'open' });
  expect(asKconformError(error, 'case', 'KC_BUG')).toMatchObject({
    code: 'KC_HOST_LIMIT',
    blame: 'host',
    hint: expect.stringContaining(words),
  });
});

test('what node and esbuild say without memory is the host’s', () => {
  const wasm = new RangeError('WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance');
  expect(asKconformError(wasm, 'harness', 'KC_INTERNAL').blame).toBe('host');
  expect(asKconformError(new Error('The service was stopped'), 'case', 'KC_BUG').blame).toBe('host');
});

test('what is thrown and is no Error says so, and an Error without a message has a name', () => {
  expect(asKconformError(null, 'case', 'KC_BUG').message).toBe('a value that is not an Error was thrown: null');
  expect(asKconformError(new TypeError(), 'case', 'KC_BUG').message).toBe('TypeError without a message');
  expect(asKconformError(new TypeError('words'), 'case', 'KC_BUG')).toMatchObject({ message: 'words', blame: 'case' });
});
