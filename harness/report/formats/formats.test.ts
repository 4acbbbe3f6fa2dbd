/** Each format against its golden file; what reads it, where that is not ours, is in the tests named after the reader. */
import { expect, test } from 'vitest';
import { recordOf, sampleRun } from '../sample-run.ts';
import { FORMATS, parseChoice } from './formats.ts';
import { githubAnnotations } from './github.ts';
import { eventLine } from './jsonl.ts';
import { junit } from './junit.ts';
import { kcidb } from './kcidb.ts';
import { ktap } from './ktap.ts';
import { summary } from './summary.ts';

test('ktap', async () => {
  await expect(ktap(await recordOf())).toMatchFileSnapshot('golden/sample.ktap');
});

test('junit', async () => {
  await expect(junit(await recordOf(), 'lab-1')).toMatchFileSnapshot('golden/sample.junit.xml');
});

test('github', async () => {
  await expect(githubAnnotations(await recordOf())).toMatchFileSnapshot('golden/sample.github.txt');
});

test('summary', async () => {
  await expect(summary(await recordOf())).toMatchFileSnapshot('golden/sample.summary.md');
});

test('kcidb', async () => {
  await expect(kcidb(await recordOf())).toMatchFileSnapshot('golden/sample.kcidb.json.txt');
});

test('jsonl', async () => {
  await expect(sampleRun.map(eventLine).join('')).toMatchFileSnapshot('golden/sample.jsonl.txt');
});

test('a choice is a format, and a file whose name may have any character', () => {
  expect(parseChoice('junit')).toEqual({ format: 'junit' });
  expect(parseChoice('junit=out/a=b.xml')).toEqual({ format: 'junit', file: 'out/a=b.xml' });
});

test('the error names the option that was given', () => {
  expect(() => parseChoice('xml', '--format')).toThrow('--format xml: unknown report format');
});

test.each(['xml', 'junit=', '', 'toString'])('%j is no format, and the error names those there are', (words) => {
  const formats = Object.keys(FORMATS).join(', ');
  expect(() => parseChoice(words)).toThrow(
    expect.objectContaining({ code: 'KC_NO_SUCH_FORMAT', hint: expect.stringContaining(formats) }),
  );
});
