import { expect, test } from 'vitest';
import { commandWords } from './command-words.ts';

test.each([
  ['repro race.c --search 500 --kernel 6.12.96', 'repro race.c --kernel 6.12.96'],
  ['repro --search=500 --jobs 2 --from=7 race.c --limit 5', 'repro race.c --limit 5'],
])('%s', (given, replayed) =>
  expect(commandWords(given.split(' '))).toEqual(['npx', 'kconform', ...replayed.split(' ')]),
);
