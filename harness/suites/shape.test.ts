import { describe, expect, it } from 'vitest';
import { suite } from './declaration.ts';
import { asSuite } from './shape.ts';

const own = { kind: 'programs', about: 'tests', folder: './tests' } as const;

describe('asSuite', () => {
  it('takes what suite() returns', () => {
    expect(asSuite(suite(own), 'suite.ts')).toEqual(own);
  });

  it('refuses another default export', () => {
    expect(() => asSuite(own, 'suite.ts')).toThrow('suite.ts has no default export made by suite(…)');
  });

  it('names each fault', () => {
    const wrong = { kind: 'suite', suite: { ...own, folder: '', tests: { a: { limit: 3 } } } };
    expect(() => asSuite(wrong, 'suite.ts')).toThrow(/tests: a: .*"limit"; folder: it is empty/);
  });

  it('refuses a fix of what is no fault of the kernel', () => {
    const known = [{ reason: 'it counts CPUs', cause: 'test' as const, fix: 'ee04cff9ed4d' }];
    expect(() => asSuite(suite({ ...own, tests: { a: { known } } }), 'suite.ts')).toThrow(
      'only a fault of the kernel has a fix',
    );
  });

  it('refuses emulated CPUs as the reason for a fault of the test', () => {
    const known = [{ reason: 'it counts CPUs', cause: 'test' as const, emulatedOnly: true as const }];
    expect(() => asSuite(suite({ ...own, tests: { a: { known } } }), 'suite.ts')).toThrow(
      'only a fault of the machine can be one of emulated CPUs',
    );
  });

  it('refuses a known failure that is a skip', () => {
    const known = [{ reason: 'it counts CPUs', cause: 'test', shows: 'skip' }];
    const wrong = { kind: 'suite', suite: { ...own, tests: { a: { known } } } };
    expect(() => asSuite(wrong, 'suite.ts')).toThrow('for a skip use skips');
  });

  it('refuses TODO as a reason, which accept proposes', () => {
    const tests = [
      { skips: [{ reason: 'TODO' }] },
      { known: [{ reason: 'TODO', cause: 'test' as const }] },
      { flaky: [{ reason: 'todo: look', failed: 1, runs: 2 }] },
      { leftOut: 'TODO' },
    ];
    for (const a of tests)
      expect(() => asSuite(suite({ ...own, tests: { a } }), 'suite.ts')).toThrow('TODO is no reason');
  });

  it('refuses a splat that could be any', () => {
    const tests = { a: { splats: [{}] } };
    expect(() => asSuite(suite({ ...own, tests }), 'suite.ts')).toThrow('it matches every splat');
  });

  it('refuses an empty list of what a flaky test shows', () => {
    for (const shown of [{ failures: [] }, { problems: [] }, { subtests: [] }]) {
      const flaky = [{ reason: 'a race', failed: 1, runs: 2, ...shown }];
      expect(() => asSuite(suite({ ...own, tests: { a: { flaky } } }), 'suite.ts')).toThrow('it is empty');
    }
  });

  it('refuses a rate above 1', () => {
    const flaky = [{ reason: 'a race', failed: 3, runs: 2 }];
    expect(() => asSuite(suite({ ...own, tests: { a: { flaky } } }), 'suite.ts')).toThrow('more often than it ran');
  });
});
