import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { firstCommand } from './first-command.ts';

test('the first command of the README is npm start', async () => {
  expect(firstCommand(await readFile(new URL('../../README.md', import.meta.url), 'utf8'))).toBe('npm start');
});

test('a README without the section, or without a command in it, is refused', () => {
  expect(() => firstCommand('# a\n\n    npm start\n')).toThrow('Two commands');
  expect(() => firstCommand('## Two commands\n\nNone.\n\n## Next\n\n    npm start\n')).toThrow('Two commands');
});
