import { describe, expect, it } from 'vitest';
import { KconformError } from '../errors/error.ts';
import type { SuiteFields } from './declaration.ts';
import { checkNames, fieldsOf } from './fields.ts';

const SUITE: SuiteFields = {
  kind: 'programs',
  about: 'tests',
  folder: '.',
  tests: {
    'net/*': { machine: { modules: ['veth'] }, limitMs: 1, known: [{ reason: 'a', cause: 'test' }] },
    'net/unix/*': { machine: { modules: ['unix_diag'] } },
    'net/unix/oob': { limitMs: 3, known: [{ reason: 'b', cause: 'machine' }], args: ['-v'] },
  },
};

describe('fieldsOf', () => {
  it('joins what is said of the target and of the test', () => {
    const fields = fieldsOf(SUITE, 'net/unix/oob');
    expect(fields.machine).toEqual({ modules: ['veth', 'unix_diag'] });
    expect(fields.known?.map(({ reason }) => reason)).toEqual(['a', 'b']);
    expect(fields).toMatchObject({ limitMs: 3, args: ['-v'] });
  });

  it('keeps what is said of a target from tests of others', () => {
    expect(fieldsOf(SUITE, 'network/a')).toEqual({});
  });
});

describe('checkNames', () => {
  const named = (...names: string[]) => names.map((name) => ({ name, workdir: '/', command: [] }));

  it('accepts names that the suite has', () => {
    expect(() => checkNames(SUITE, named('net/unix/oob', 'net/a'), 'suite.ts')).not.toThrow();
  });

  it('refuses a test and a target that the suite does not have', () => {
    expect(() => checkNames(SUITE, named('net/a'), 'suite.ts')).toThrow(
      'suite.ts names tests that the suite does not have: net/unix/*, net/unix/oob',
    );
  });

  it('knows no names of a target that did not compile', () => {
    const problem = new KconformError('no libcap', { code: 'KC_SUITE_BUILD', blame: 'case' });
    const failed = { name: 'net/unix', workdir: '/', command: [], problem };
    expect(() => checkNames(SUITE, [...named('net/a'), failed], 'suite.ts')).not.toThrow();
    const other = { ...failed, name: 'network' };
    expect(() => checkNames(SUITE, [...named('net/a'), other], 'suite.ts')).toThrow('does not have: net/unix/*');
  });
});
