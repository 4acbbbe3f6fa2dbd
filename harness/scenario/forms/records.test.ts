import { expect, test } from 'vitest';
import { readRecords, textOf } from './records.ts';

const record = (kind: string, name: string, value: string | Buffer) =>
  Buffer.concat([Buffer.from(`${kind} ${name} ${Buffer.byteLength(value)}\n`), Buffer.from(value), Buffer.from('\n')]);
const END = record('end', 'exit', '0');
const read = (...records: readonly Buffer[]) => readRecords(Buffer.concat([...records, END])).observations;

test('text stays text, JSON becomes values, a dot in a name makes a member', () => {
  const seen = read(
    record('text', 'options', 'rw\nuid=1 \n'),
    record('json', 'root.uid', '65534'),
    record('json', 'root.more.list', '[1,{"a":null}]'),
    record('text', 'number', '5'),
    record('text', 'empty', ''),
  );
  expect(seen).toEqual({
    options: 'rw\nuid=1 \n',
    root: { uid: 65534, more: { list: [1, { a: null }] } },
    number: '5',
    empty: '',
  });
});

test.each([
  ['exit', '3', { how: 'exit', number: 3 }],
  ['signal', '11', { how: 'signal', number: 11 }],
  ['limit', '15000', { how: 'limit', number: 15000 }],
])('the end by %s', (name, number, end) => {
  expect(readRecords(record('end', name, number)).end).toEqual(end);
});

test.each([
  ['JSON that is none', [record('json', 'a', '{')], 'the observation a is not JSON: {'],
  ['bytes that are no text', [record('text', 'a', Buffer.from([0xff, 0]))], 'the observation a is not text'],
  ['a number too large', [record('json', 'a', '9007199254740993')], 'too large to be exact'],
  ['a number too large, deeper down', [record('json', 'a', '{"b":[9007199254740993]}')], 'too large to be exact'],
  ['a name twice', [record('text', 'a.b', '1'), record('text', 'a.b', '1')], 'a.b was observed twice'],
  ['a member of a value', [record('json', 'a', '{}'), record('text', 'a.b', '1')], 'a is a value'],
  ['a value for an object', [record('text', 'a.b', '1'), record('text', 'a', '1')], 'a was observed twice'],
  ['a name without a step', [record('text', 'a..b', '1')], '"a..b" is not a name'],
])('%s is the case’s fault', (_, records, message) => {
  expect(() => read(...records)).toThrow(expect.objectContaining({ code: 'KC_OBSERVATION', blame: 'case' }));
  expect(() => read(...records)).toThrow(message);
});

test.each(['exitCode', 'signal', 'output', 'stoppedAfterMs', 'output.first'])(
  '%s is the name of what the program observes of its end',
  (name) => {
    const observing = () => read(record('json', name, '7'));
    expect(observing).toThrow(expect.objectContaining({ code: 'KC_OBSERVATION', blame: 'case' }));
    expect(observing).toThrow(`${name} cannot be observed`);
  },
);

test('a member with a name of its own kind is no field of the harness', () => {
  expect(read(record('json', 'root', '{"exitCode":7}'), record('json', 'x', '{"$matcher":"anyOf"}'))).toEqual({
    root: { exitCode: 7 },
    x: { $matcher: 'anyOf' },
  });
});

test('names of the object prototype are names like others', () => {
  expect(read(record('text', 'constructor.name', 'a'), record('text', 'toString', 'b'))).toEqual({
    constructor: { name: 'a' },
    toString: 'b',
  });
});

test.each([
  ['without an end', record('text', 'a', 'b')],
  ['in the middle of a record', record('text', 'a', 'b').subarray(0, 5)],
  ['with other words', Buffer.from('sh: scenario: not found\n')],
])('records %s are cut off', (_, bytes) => {
  expect(() => readRecords(bytes)).toThrow(expect.objectContaining({ code: 'KC_SCENARIO_CUT_OFF', blame: 'case' }));
});

test('an observation that is not UTF-8 is not text', () => {
  expect(textOf(Buffer.from('ä'), 'the observation a')).toBe('ä');
  expect(() => textOf(Buffer.from([0x7f, 0x45, 0xfe]), 'the observation a')).toThrow('the observation a is not text');
});
