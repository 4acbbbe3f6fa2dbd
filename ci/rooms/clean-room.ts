import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type Suite, whyNot } from './base.ts';
import { firstCommand } from './first-command.ts';
import { CHECKOUT, HOME, REPOSITORY, Room } from './room.ts';

const RESULTS = `${HOME}/out`;
/** Results of every run go to a folder outside the checkout: its configuration is the nearest one above. */
const CONFIGURATION = `export default { out: '${RESULTS}' };\n`;
/** A case that fails on every kernel. */
const WRONG = {
  'scenario.sh': 'exit 3\n',
  'expect.ts': `import { expectation } from 'kconform';
export default expectation({
  about: 'a script that exits with 3 does not exit with 0',
  commit: 'b2197755b263',
  outcome: { exitCode: 0, signal: null, output: '' },
});
`,
};

const results = z.object({
  results: z.array(z.object({ case: z.string(), verdict: z.string() })),
  totals: z.object({
    PASS: z.number(),
    XFAIL: z.number(),
    SKIP: z.number(),
    FAIL: z.number(),
    XPASS: z.number(),
    ERROR: z.number(),
  }),
});

let passed = 0;
let failed = 0;
/** Counts and prints a check. @param wrong what is wrong; empty when the check has passed */
function check(title: string, wrong: readonly string[]): void {
  if (wrong.length === 0) passed++;
  else failed++;
  console.log(wrong.length === 0 ? `ok: ${title}` : `failed: ${title}: ${wrong.join('; ')}`);
}

/** The results of the last run; undefined where it wrote none. */
async function verdicts(room: Room): Promise<z.infer<typeof results> | undefined> {
  const path = join(room.path, RESULTS, 'results.json');
  return existsSync(path) ? results.parse(JSON.parse(await readFile(path, 'utf8'))) : undefined;
}

/** What is wrong with a run of one case. */
async function wrongIn(room: Room, name: string, verdict: string): Promise<string[]> {
  const all = (await verdicts(room))?.results.map((one) => `${one.case} ${one.verdict}`) ?? ['nothing'];
  const judged = all.filter((one) => one !== '(boot) PASS');
  return judged.join() === `${name} ${verdict}` ? [] : [`judged: ${judged.join(', ')}`];
}

/** What is wrong with a run of all cases. */
async function wrongInAll(room: Room): Promise<string[]> {
  const totals = (await verdicts(room))?.totals;
  if (totals === undefined) return ['no results'];
  const { FAIL, XPASS, ERROR, PASS } = totals;
  return FAIL + XPASS + ERROR === 0 && PASS > 0 ? [] : [JSON.stringify(totals)];
}

/** Runs a command as the ordinary user. Removes the results of earlier runs first. */
async function asUser(room: Room, command: string, env: Record<string, string> = {}) {
  console.log(`== ${command}`);
  await rm(join(room.path, RESULTS), { recursive: true, force: true });
  const { exitCode } = await room.run(['bash', '-c', command], { as: 'user', cwd: CHECKOUT, env, show: true });
  return exitCode;
}

const unless = (exitCode: number | undefined, right: number) =>
  exitCode === right ? [] : [`exit code ${exitCode ?? 'none'}, not ${right}`];

/** What a new user does: the first command of the README, one case, one case that fails. */
async function firstSteps(room: Room, out: string | undefined): Promise<void> {
  const command = firstCommand(await readFile(join(REPOSITORY, 'README.md'), 'utf8'));
  const started = await asUser(room, command);
  check(`${command}: every verdict as expected`, [...unless(started, 0), ...(await wrongInAll(room))]);
  if (out !== undefined && existsSync(join(room.path, RESULTS)))
    await cp(join(room.path, RESULTS), out, { recursive: true });
  const one = await asUser(room, 'npx kconform run bpffs/mount-owner');
  check('npx kconform run bpffs/mount-owner: PASS', [
    ...unless(one, 0),
    ...(await wrongIn(room, 'bpffs/mount-owner', 'PASS')),
  ]);
  for (const [name, text] of Object.entries(WRONG)) await room.write(`${HOME}/wrong/exits/${name}`, text);
  const wrong = await asUser(room, `npx kconform run ${HOME}/wrong`);
  check('a case that fails: FAIL', [...unless(wrong, 1), ...(await wrongIn(room, 'exits', 'FAIL'))]);
}

/** The same on a system without apt: a kernel given as a file, and an empty cache. */
async function withoutApt(room: Room): Promise<void> {
  const images = join(room.path, HOME, '.cache/kconform/kernels');
  const folder = (await readdir(images)).find((name) => name.startsWith('linux-')) ?? '';
  const image = (await readdir(join(images, folder))).find((name) => /^vmlinu[xz]$/.test(name)) ?? '';
  await room.run(['cp', `${HOME}/.cache/kconform/kernels/${folder}/${image}`, `${HOME}/image`]);
  await room.run(['sh', '-c', 'rm -f /usr/bin/apt* /usr/bin/dpkg* /usr/bin/bison']);
  const env = { XDG_CACHE_HOME: `${HOME}/other-cache` };
  const setup = await room.run(['bash', 'ci/setup'], { as: 'user', cwd: CHECKOUT });
  const named = setup.output.includes('bison (Debian: bison');
  check('set-up without apt names the missing program', [
    ...unless(setup.exitCode, 2),
    ...(named ? [] : [setup.output]),
  ]);
  const run = await asUser(room, `npx kconform run bpffs/mount-owner --kernel ${HOME}/image`, env);
  check('without apt, a kernel given as a file: PASS', [
    ...unless(run, 0),
    ...(await wrongIn(room, 'bpffs/mount-owner', 'PASS')),
  ]);
  const published = await room.run(['npx', 'kconform', 'run', 'bpffs/mount-owner'], { as: 'user', cwd: CHECKOUT, env });
  const isNamed = published.output.includes('apt-get not found');
  check('without apt, a published kernel: a message', [
    ...unless(published.exitCode, 2),
    ...(isNamed ? [] : [published.output]),
  ]);
  const doctor = await room.run(['npx', 'kconform', 'doctor', '--kernel', `${HOME}/image`], {
    as: 'user',
    cwd: CHECKOUT,
    env,
  });
  const limit = /^limit +apt .*published kernels/m.test(doctor.output);
  check('doctor says what is not possible without apt', limit ? [] : [doctor.output]);
}

async function main(suite: Suite, out: string | undefined, signal: AbortSignal): Promise<string | undefined> {
  const reason = await whyNot(suite);
  if (reason !== undefined) return reason;
  await using room = await Room.of(suite, signal);
  const node = await room.run(['node', '--version']);
  if (node.exitCode !== 0) return `the host's Node does not run on ${suite}, which has none that is recent enough`;
  await room.write(`${HOME}/kconform.config.ts`, CONFIGURATION);
  await room.copyCheckout();
  await firstSteps(room, out);
  if (suite === 'trixie') await withoutApt(room);
  return undefined;
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());
const [suite = '', out] = process.argv.slice(2);
try {
  const skipped = await main(suite as Suite, out, interruption.signal);
  if (skipped !== undefined) console.log(`skipped: clean-room ${suite}: ${skipped}`);
  console.log(`${passed} passed, ${failed} failed${skipped === undefined ? '' : ', 1 skipped'}`);
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  if (!interruption.signal.aborted) throw error;
  process.exitCode = 130;
}
