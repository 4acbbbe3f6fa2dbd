import { Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { freshOption, type ReuseChoice, reuseOf, reuseOption } from './reuse-options.ts';

function chosen(add: (command: Command) => Command, isDefault: boolean, words: readonly string[]) {
  const command = add(new Command().exitOverride().configureOutput({ writeErr: () => undefined }));
  return reuseOf(command.parse([...words], { from: 'user' }).opts<ReuseChoice>(), isDefault);
}

test.each([
  [[], false, 0],
  [['--fresh'], false, 0],
  [['--reuse'], true, 0],
  [['--recheck', '2%'], true, 0.02],
  [['--reuse', '--recheck', '100%'], true, 1],
])('run %s', (words, read, recheck) => {
  expect(chosen(reuseOption, false, words)).toEqual({ read, recheck });
});

test.each([
  [[], true, 0],
  [['--recheck', '0.5%'], true, 0.005],
  [['--fresh'], false, 0],
])('matrix %s', (words, read, recheck) => {
  expect(chosen(freshOption, true, words)).toEqual({ read, recheck });
});

test.each([
  ['--recheck', '2'],
  ['--recheck', '0%'],
  ['--recheck', '101%'],
  ['--recheck', 'all'],
  ['--reuse', '--fresh'],
])('run %s %s is refused', (...words) => {
  expect(() => chosen(reuseOption, false, words)).toThrow(CommanderError);
});
