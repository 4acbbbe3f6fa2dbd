/** A kernel that complains while it boots: shown by real guests whose initramfs and kernel parameters a QEMU of our own changes. */
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cachePath, ensureFolder } from '../cache/folder.ts';
import { writeCpio } from '../guest/initramfs/cpio.ts';
import { buildInitramfs } from '../guest/initramfs/initramfs.ts';
import { resolveKernel } from '../kernels/resolve.ts';
import { readResults } from '../run/results/results-file.ts';
import { cacheIn, kconform } from './end-to-end/command-line.test-support.ts';
import { PASSES, temporaryCases } from './end-to-end/temporary-cases.test-support.ts';

const SPLAT = 'WARNING: CPU: 0 PID: 1 at kernel/boot/test.c:7 boot_test+0x1/0x2';
/** Before the guest's init: a report in the kernel log. The taint flag W comes from a kernel parameter. */
const INIT = `#!/bin/sh
mknod /dev/kmsg c 1 11
echo '<4>${SPLAT}' >/dev/kmsg
rm /dev/kmsg
exec /init
`;

let cases: string;
let env: Record<string, string>;
beforeAll(async () => {
  cases = await temporaryCases({ pass: PASSES });
  const bin = join(cases, 'bin');
  await mkdir(bin);
  const initramfs = await buildInitramfs({ cache: await ensureFolder(cachePath('initramfs')) });
  const noisy = writeCpio([{ name: 'noisy', mode: 0o100755, data: Buffer.from(INIT) }]);
  const whole = Buffer.concat([await readFile(initramfs.path), noisy]);
  await writeFile(join(cases, 'noisy.cpio'), whole);
  const { stdout: real } = await execa('which', ['qemu-system-x86_64']);
  const wrapper = join(bin, 'qemu-system-x86_64');
  await writeFile(
    wrapper,
    `#!/bin/bash
args=()
for word in "$@"; do
  case $previous in
    -device) word=$(sed 's#^loader,file=[^,]*#loader,file=${join(cases, 'noisy.cpio')}#' <<<"$word") ;;
    -append) word="$(sed -E 's/(initrdmem=[0-9]+),[0-9]+/\\1,${whole.length}/' <<<"$word") rdinit=/noisy sysctl.kernel.tainted=512" ;;
  esac
  args+=("$word") previous=$word
done
exec ${real} "\${args[@]}"
`,
  );
  await chmod(wrapper, 0o755);
  const { vmlinux } = await resolveKernel('6.12');
  await copyFile(vmlinux, join(cases, 'vmlinux'));
  await copyFile(`${vmlinux}.config`, join(cases, 'vmlinux.config'));
  const home = join(cases, 'cache');
  await mkdir(home);
  env = { ...(await cacheIn(home)), PATH: `${bin}:${process.env.PATH}` };
}, 120_000);
afterAll(() => rm(cases, { recursive: true, force: true }));

async function run(words: readonly string[], configuration = '', own = env) {
  await writeFile(
    join(cases, 'kconform.config.ts'),
    `export default { cases: '.', kernels: ['./vmlinux'], ${configuration} };\n`,
  );
  const ended = await kconform(['run', ...words, '--out', 'out'], { cwd: cases, env: own, limitMs: 300_000 });
  const { results, run: about } = await readResults(join(cases, 'out'));
  return { ...ended, results, planned: about.planned?.cases };
}

test('a splat and a taint of the boot fail (boot) and no case; declared they are XFAIL; nothing hides an undeclared one', async () => {
  const undeclared = await run(['pass']);
  expect(undeclared.all).toContain('1 PASS, 1 FAIL');
  expect(undeclared.exitCode).toBe(1);
  expect(undeclared.planned).toEqual(['(boot)', 'pass']);
  expect(undeclared.results).toMatchObject([
    { case: '(boot)', verdict: 'FAIL', blame: 'kernel', oracles: { taints: ['W'], splats: [{ kind: 'WARNING' }] } },
    { case: 'pass', verdict: 'PASS' },
  ]);
  const [boot] = undeclared.results;
  const log = await readFile(join(cases, 'out', boot?.kernel.id ?? '', '(boot)/console.log'), 'utf8');
  expect(log).toContain('Linux version 6.12');
  expect(log).toContain(SPLAT);

  const bug = `{ title: 'a test warns', fix: null, fixedIn: [], splats: [{ title: 'kernel/boot/test.c' }] }`;
  const declared = await run(['(boot)'], `boot: { knownBugs: [${bug}] }`);
  expect(declared.all).toMatch(/XFAIL +\(boot\) .*a test warns/);
  expect(declared.all).toContain('1 XFAIL');
  expect(declared.exitCode).toBe(0);

  const elsewhere = await run(['(boot)'], `boot: { knownBugs: [${bug.replace('test.c', 'other.c')}] }`);
  expect(elsewhere.exitCode).toBe(1);

  const cold = await run(['pass', '--isolation', 'cold']);
  expect(cold.all).toContain('1 PASS, 1 FAIL');
  expect(cold.results.find((result) => result.case === '(boot)')).toMatchObject({ verdict: 'FAIL' });
}, 600_000);

test('a boot that fails in a resumed run replaces the earlier PASS: a document has one result for each boot', async () => {
  await rm(join(cases, 'out'), { recursive: true, force: true });
  const before = await run(['(boot)'], '', {});
  expect(before.results).toMatchObject([{ case: '(boot)', verdict: 'PASS' }]);
  const resumed = await run(['pass', '--isolation', 'cold', '--resume', join(cases, 'out')]);
  expect(resumed.all).toContain('1 PASS, 1 FAIL');
  expect(resumed.exitCode).toBe(1);
  const document: unknown = JSON.parse(await readFile(join(cases, 'out/results.json'), 'utf8'));
  expect(document).toMatchObject({ totals: { PASS: 1, FAIL: 1 }, results: { length: 2 } });
}, 600_000);
