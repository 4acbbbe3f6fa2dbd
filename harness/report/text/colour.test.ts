import { expect, test } from 'vitest';
import { painterFor, usesColour } from './colour.ts';

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: true }, { NO_COLOR: '' }, true],
  [{ isTTY: true }, { NO_COLOR: '1' }, false],
  [{ isTTY: false }, {}, false],
  [{}, {}, false],
])('stream %j, environment %j: colours %s', (stream, env, expected) => {
  expect(usesColour(stream, env)).toBe(expected);
  expect(painterFor(stream, env)('red', 'text')).toBe(expected ? '\u001b[31mtext\u001b[0m' : 'text');
});
