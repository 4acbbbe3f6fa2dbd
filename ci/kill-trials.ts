/**
 * Kills `run`, `run --resume` and `merge` with SIGKILL at random moments. After each kill, results.json must be valid and have every
 * verdict that was printed or was in it before, and no QEMU of that process may be left after five seconds. At the end, the last
 * killed run is resumed and must have all verdicts. Ends with the line `N passed, N failed`; exit code 1 when something failed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ResultsFile, readResults } from '../harness/run/results/results-file.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const KCONFORM = join(REPOSITORY, 'harness/cli/kconform.mjs');
const CASES = 10;
const QEMU_GONE_MS = 5_000;
/** Longer than any of these commands takes, even on a loaded host. */
const LIMIT_MS = 300_000;
const VERDICT = /^(PASS|FAIL|XFAIL|XPASS|SKIP|ERROR) +(case-\d+)\b/gm;
const KINDS = ['run', 'resume', 'merge'] as const;
type Kind = (typeof KINDS)[number];

const count = Number(process.argv[2] ?? 200);
if (!Number.isInteger(count) || count < 1) {
  console.error('usage: kill-trials [COUNT]: a whole number, at least 1');
  process.exit(2);
}

/** Case → verdict. */
type Verdicts = ReadonlyMap<string, string>;

class Trials {
  readonly #folder: string;
  readonly #cases: string;
  readonly #merged: string;
  #out = '';
  #number = 0;
  /** How long each command takes when it is not killed, in milliseconds. */
  readonly #takes: Record<Kind, number> = { run: 0, resume: 0, merge: 0 };

  constructor(folder: string) {
    this.#folder = folder;
    this.#cases = join(folder, 'cases');
    this.#merged = join(folder, 'merged');
  }

  /** Writes the cases, and runs each command once to its end. */
  async prepare(): Promise<void> {
    await mkdir(join(this.#cases, 'node_modules'), { recursive: true });
    await writeFile(join(this.#cases, 'package.json'), '{ "type": "module" }\n');
    await symlink(REPOSITORY, join(this.#cases, 'node_modules/kconform'));
    for (let number = 0; number < CASES; number++) await this.#writeCase(number);
    for (const part of ['1', '2']) await this.#toTheEnd(['--out', this.#part(part), '--shard', `${part}/2`]);
    this.#out = join(this.#folder, 'out-0');
    this.#takes.run = await this.#toTheEnd(this.#words('run').slice(1));
    this.#takes.resume = this.#takes.run;
    this.#takes.merge = await this.#timed(this.#words('merge'));
  }

  async #writeCase(number: number): Promise<void> {
    const folder = join(this.#cases, `case-${number}`);
    await mkdir(folder);
    await writeFile(
      join(folder, 'scenario.ts'),
      "import { scenario } from 'kconform';\nexport default scenario(async ({ guest }) => ({ answer: (await guest.$`echo 42`).stdout }));\n",
    );
    const answer = number === 0 ? '43' : '42'; // a case that fails has the most to store
    await writeFile(
      join(folder, 'expect.ts'),
      `import { expectation } from 'kconform';\nexport default expectation({ about: 'a trial', commit: 'none', outcome: { answer: '${answer}' } });\n`,
    );
  }

  #part(part: string): string {
    return join(this.#folder, `part-${part}`);
  }

  #words(kind: Kind): string[] {
    if (kind === 'merge') return ['merge', this.#part('1'), this.#part('2'), '--out', this.#merged];
    return ['run', '--cases', this.#cases, '--kernel', '6.12', kind === 'run' ? '--out' : '--resume', this.#out];
  }

  #toTheEnd(words: readonly string[]): Promise<number> {
    const own = words.includes('--kernel') ? [] : ['--cases', this.#cases, '--kernel', '6.12'];
    return this.#timed(['run', ...own, ...words]);
  }

  async #timed(words: readonly string[]): Promise<number> {
    const since = performance.now();
    const { ended, printed } = start(words);
    const code = await ended;
    if (code !== 0 && code !== 1) throw new Error(`kconform ${words.join(' ')} ended with ${code}:\n${printed()}`);
    return performance.now() - since;
  }

  /** Starts one command and kills it. @returns what is wrong */
  async trial(): Promise<string[]> {
    const kind = KINDS[this.#number % KINDS.length] ?? 'run';
    this.#number++;
    if (kind === 'run') this.#out = join(this.#folder, `out-${this.#number}`);
    if (kind === 'merge' && Math.random() < 0.5) await rm(this.#merged, { recursive: true, force: true });
    const out = kind === 'merge' ? this.#merged : this.#out;
    const before = verdictsOf(await readIfThere(out));
    const { child, ended, printed } = start(this.#words(kind));
    // Every moment of a command is as likely, but a resumed run writes most when it starts.
    const afterMs = Math.random() * this.#takes[kind] * (kind === 'resume' && Math.random() < 0.5 ? 0.4 : 1.1);
    await sleep(afterMs);
    child.kill('SIGKILL');
    await ended;
    const faults = [...(await resultsFaults(out, before, printed())), ...(await leftQemus(child.pid ?? 0))];
    return faults.map((fault) => `${kind} killed after ${Math.round(afterMs)} ms: ${fault}`);
  }

  /** Resumes the last killed run, which must then have all verdicts. @returns what is wrong */
  async finish(): Promise<string[]> {
    await this.#toTheEnd(this.#words('resume').slice(1));
    const verdicts = verdictsOf(await readResults(this.#out));
    const wrong = Array.from({ length: CASES }, (_, number) => `case-${number}`).filter(
      (name) => verdicts.get(name) !== (name === 'case-0' ? 'FAIL' : 'PASS'),
    );
    return wrong.map((name) => `resumed to its end, ${name} is ${verdicts.get(name)}`);
  }
}

interface Started {
  readonly child: ChildProcess;
  /** The exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
  readonly printed: () => string;
}

function start(words: readonly string[]): Started {
  const env = { ...process.env, NO_COLOR: '1', CI: '', CI_NODE_INDEX: '', CI_NODE_TOTAL: '' };
  const child = spawn(process.execPath, [KCONFORM, ...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve(code);
    });
  });
  return { child, ended, printed: () => text };
}

async function readIfThere(out: string): Promise<ResultsFile | undefined> {
  return existsSync(join(out, 'results.json')) ? readResults(out) : undefined;
}

function verdictsOf(file: ResultsFile | undefined): Verdicts {
  return new Map(file?.results.map(({ case: name, verdict }) => [name, verdict]));
}

async function resultsFaults(out: string, before: Verdicts, printed: string): Promise<string[]> {
  let now: Verdicts;
  try {
    now = verdictsOf(await readIfThere(out));
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  const shown = [...printed.matchAll(VERDICT)].map(([, verdict = '', name = '']) => [name, verdict] as const);
  // --resume judges ERRORs of the host again.
  const kept = [...before].filter(([, verdict]) => verdict !== 'ERROR');
  return [
    ...shown
      .filter(([name, verdict]) => now.get(name) !== verdict)
      .map(([name]) => `${name} was printed and is missing`),
    ...kept
      .filter(([name, verdict]) => now.get(name) !== verdict)
      .map(([name]) => `${name} was judged before and is lost`),
  ];
}

async function leftQemus(pid: number): Promise<string[]> {
  const since = performance.now();
  for (;;) {
    const left = qemusOf(pid);
    if (left.length === 0) return [];
    if (performance.now() - since > QEMU_GONE_MS) return [`left QEMU ${left.join(', ')}`];
    await sleep(50);
  }
}

/** The processes whose command line contains the run folder of that kconform. */
function qemusOf(pid: number): string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(`/kconform-${pid}/`);
    } catch {
      return false; // the process has ended meanwhile
    }
  });
}

const folder = await mkdtemp(join(tmpdir(), 'kconform-kill-'));
let passed = 0;
let failed = 0;
const record = (faults: readonly string[]) => {
  for (const fault of faults) console.log(`failed: kill-trials: ${fault}`);
  if (faults.length === 0) passed++;
  else failed++;
};
try {
  const trials = new Trials(folder);
  await trials.prepare();
  for (let number = 1; number <= count; number++) {
    record(await trials.trial());
    if (number % 20 === 0) console.log(`${number} of ${count} killed, ${failed} failed`);
  }
  record(await trials.finish());
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
