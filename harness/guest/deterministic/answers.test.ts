import { expect, test } from 'vitest';
import { readAnswers } from './answers.ts';

const WHOLE = `end 0
settled 0 0 0
ended exit 3
stdout 7
a
whole
stderr 0

settled 512 1 -1
|4,1,0,-;a record
 SUBSYSTEM=x
lost
end 0
whole
`;

test('the streams, the end and the health of a whole answer', () => {
  const answers = readAnswers(Buffer.from(WHOLE));
  expect(answers?.stdout.toString()).toBe('a\nwhole');
  expect(answers?.stderr.toString()).toBe('');
  expect(answers?.end).toEqual({ how: 'exit', number: 3 });
  expect(answers?.before).toEqual({ taint: 0, warnings: 0, oopses: 0 });
  expect(answers?.after).toEqual({ taint: 512, warnings: 1, oopses: null });
  expect(answers?.log).toEqual({ records: ['4,1,0,-;a record'], lost: true, errno: 0 });
});

const CUTS = [0, 20, WHOLE.indexOf('a\n') + 3, WHOLE.indexOf('stderr'), WHOLE.length - 1];
test.each(CUTS)('an answer that ends after %d bytes is none', (length) => {
  expect(readAnswers(Buffer.from(WHOLE).subarray(0, length))).toBeUndefined();
});

test.each([
  ['stdout 7', 'stdout 6'],
  ['ended exit', 'ended well'],
  ['settled 512', 'unsettled'],
  ['end 0\nwhole', 'end ?\nwhole'],
])('an answer with %j replaced by %j is refused', (from, to) => {
  expect(() => readAnswers(Buffer.from(WHOLE.replace(from, to)))).toThrow(/^the guest's init said /);
});
