import { expect, test } from 'vitest';
import { exitCodeOf, withStrictSkips } from '../../expect/outcome.ts';
import { programRun, replay } from '../sample-run.ts';
import { TerminalReporter } from './terminal.ts';

test('skips that no expectation lists are counted and named at the end', async () => {
  let text = '';
  await replay(
    new TerminalReporter({
      write: (part) => {
        text += part;
      },
    }),
    programRun,
  );
  expect(text).toMatch(/^PASS +kselftest\/clone3\/clone3 .* 1 of 2 subtests skipped$/m);
  expect(text).toMatch(/^SKIP +kselftest\/mm\/hugetlb .* no huge pages$/m);
  expect(text.slice(text.indexOf('skipped, and not listed'))).toBe(
    [
      'skipped, and not listed: 2',
      '  kselftest/clone3/clone3: clone3.ns on 6.12.57+deb12-cloud-amd64: needs root # really',
      '  kselftest/mm/hugetlb on 6.12.57+deb12-cloud-amd64: no huge pages',
      '',
      '1 PASS, 1 FAIL, 1 XFAIL, 1 SKIP in 1 min 8 s',
      '',
    ].join('\n'),
  );
});

test('--strict-skips fails a run for skips that are not listed, and hides no ERROR', () => {
  const pass = { verdict: 'PASS', skips: [] } as const;
  const skip = { verdict: 'SKIP', skips: [{ reason: 'no device' }] } as const;
  expect(exitCodeOf([pass, skip])).toBe(0);
  expect(withStrictSkips(0, [pass, skip])).toBe(1);
  expect(withStrictSkips(0, [pass])).toBe(0);
  expect(withStrictSkips(2, [skip])).toBe(2);
});
