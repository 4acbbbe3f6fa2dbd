/** KTAP as the kernel's own parser reads it: tools/testing/kunit/kunit_parser.py, from a source package in the cache. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { cachePath } from '../../cache/folder.ts';
import { obtainSource } from '../../kernels/build/source.ts';
import { recordOf, sampleRun } from '../sample-run.ts';
import { ATTACKS, hostileRun } from './hostile-run.test-support.ts';
import { ktap } from './ktap.ts';

const READ = `
import json, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import kunit_parser
def tree(test):
    return {"name": test.name, "status": test.status.name, "subtests": [tree(sub) for sub in test.subtests]}
test = kunit_parser.parse_run_tests(sys.stdin)
print("\\n" + json.dumps({"counts": vars(test.counts), "test": tree(test)}))
`;

const counts = z.strictObject({
  passed: z.number(),
  failed: z.number(),
  crashed: z.number(),
  skipped: z.number(),
  errors: z.number(),
});
interface Tree {
  name: string;
  status: string;
  subtests: Tree[];
}
const tree: z.ZodType<Tree> = z.lazy(() =>
  z.strictObject({ name: z.string(), status: z.string(), subtests: z.array(tree) }),
);
const parsed = z.strictObject({ counts, test: tree });

/** Where a tree in the cache has the parser; npm run test:full fetches one where there is none. */
async function parserFolder(): Promise<string | undefined> {
  for (const name of await readdir(cachePath('sources')).catch(() => [])) {
    const folder = cachePath('sources', name, 'tree/tools/testing/kunit');
    if ((await readdir(folder).catch((): string[] => [])).includes('kunit_parser.py')) return folder;
  }
  if (process.env.KCONFORM_TESTS !== 'full') return undefined;
  const { tree: fetched } = await obtainSource('6.12', {});
  return join(fetched, 'tools/testing/kunit');
}

let folder: string;
beforeEach(async (context) => {
  const python = await execa('python3', ['-c', ''], { reject: false });
  const found = await parserFolder();
  if (found === undefined || python.exitCode !== 0) {
    context.skip(`could not look: ${found === undefined ? 'no kernel source in the cache' : 'there is no python3'}`);
    return;
  }
  folder = found;
}, 600_000);

async function read(text: string) {
  const { stdout } = await execa('python3', ['-c', READ, folder], { input: text });
  return { told: stdout, ...parsed.parse(JSON.parse(stdout.split('\n').at(-1) ?? '')) };
}

test('each verdict is what the kernel takes it for', async () => {
  const { counts: found, test: top, told } = await read(ktap(await recordOf()));
  expect(told).not.toContain('[ERROR]');
  expect(found).toEqual({ passed: 3, failed: 6, crashed: 0, skipped: 2, errors: 0 });
  expect(top.subtests.map(({ name, status }) => `${status} ${name}`)).toEqual([
    'SUCCESS 6.12.43+deb13-cloud-amd64',
    'FAILURE 6.12.57+deb12-cloud-amd64',
  ]);
  expect(top.subtests.flatMap(({ subtests }) => subtests.map(({ name, status }) => `${status} ${name}`))).toEqual([
    'SUCCESS bpffs/unpin-releases-at-once',
    'SUCCESS bpffs/mount-owner',
    'FAILURE bpffs/delegate-options',
    'FAILURE token/delegation-in-userns',
    'SKIPPED bpffs/fsconfig-string-leak',
    'FAILURE bpffs/hangs',
  ]);
});

test('a failure that no observation shows is counted as one', async () => {
  const events = sampleRun.map((event) =>
    event.type === 'case-finished' && event.result.case === 'token/delegation-in-userns'
      ? {
          ...event,
          result: {
            ...event.result,
            observations: [{ path: 'x', verdict: 'PASS' as const, expected: '1', observed: '1' }],
          },
        }
      : event,
  );
  const { counts: found, told } = await read(ktap(await recordOf(events)));
  expect(told).not.toContain('[ERROR]');
  expect(found).toMatchObject({ passed: 4, failed: 6, errors: 0 });
});

test('what guests say makes no verdict, hides none and ends nothing', async () => {
  const { test: top, told } = await read(ktap(await recordOf(hostileRun)));
  expect(told).not.toContain('[ERROR]');
  const cases = top.subtests.flatMap(({ subtests }) => subtests);
  const expected = hostileRun.flatMap((event) => (event.type === 'case-finished' ? [event.result] : []));
  expect(expected).toHaveLength(ATTACKS.length);
  const statuses = {
    PASS: 'SUCCESS',
    XFAIL: 'SUCCESS',
    SKIP: 'SKIPPED',
    FAIL: 'FAILURE',
    XPASS: 'FAILURE',
    ERROR: 'FAILURE',
  };
  expect(Object.fromEntries(cases.map(({ name, status }) => [name, status]))).toEqual(
    Object.fromEntries(expected.map((result) => [result.case, statuses[result.verdict]])),
  );
});
