/**
 * Measures what a fresh guest costs; prints a table and writes bench.json.
 *   npm run bench [-- --samples 20] [--kernel 6.12] [--out bench.json] [--schedules | --suites]
 * --schedules measures only what a schedule costs, --suites only what each program of a suite costs.
 * What is compared is measured in turn in each round, so that a slow moment of the host affects all of it. docs/benchmarks.md says
 * what each figure includes.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type PlannedKernel, planKernels } from '../../harness/kernels/resolve.ts';
import { prepareEnvironment } from '../../harness/run/environment.ts';
import { measureIsolation, measureStart } from './authors.ts';
import { measureCommand, measureRate } from './cases.ts';
import { measureClone, measureCold, measureFloor, measureOwnLogin, measureTwoCpus } from './guests.ts';
import { Samples } from './samples.ts';
import { prepareSchedules } from './schedules.ts';
import { prepareSuites } from './suites.ts';

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '20' },
    kernel: { type: 'string', default: '6.12' },
    out: { type: 'string', default: 'bench.json' },
    schedules: { type: 'boolean', default: false },
    suites: { type: 'boolean', default: false },
  },
});
const wanted = Number(values.samples);
/** The rates of clones and of boots are measured in this many parts, in turn. */
const PARTS = 4;
const ROUNDS_A_PART = Math.ceil(wanted / PARTS);

const signal = new AbortController().signal;
const say = (message: string) => console.error(message);
const [planned] = await planKernels([values.kernel]);
if (planned === undefined) throw new TypeError(`there is no kernel ${values.kernel}`);
const kernel = await planned.obtain();
const environment = await prepareEnvironment(kernel, undefined, say);
const samples = new Samples();
const cores = availableParallelism();
const measureSchedules = values.suites ? undefined : await prepareSchedules(kernel, environment, say, signal);
await using suites = values.schedules ? undefined : await prepareSuites(values.kernel);
const guests = values.schedules || values.suites ? undefined : await prepareGuests(planned);

for (let part = 0; part < PARTS; part++) {
  say(`part ${part + 1} of ${PARTS}: load average ${loadavg()[0]?.toFixed(1)}`);
  for (let round = 1; round <= ROUNDS_A_PART; round++) {
    await guests?.measureEach();
    await measureSchedules?.(part * ROUNDS_A_PART + round, samples);
    await suites?.measure(samples);
  }
  await guests?.measureRates();
}

/** Clones and boots of guests without a schedule. */
async function prepareGuests(planned: PlannedKernel) {
  const template = await environment.templateOf({ kernel }, say, signal);
  const ownLogin = await environment.templateOf({ kernel }, say, signal, 'own');
  const twoCpus = await environment.templateOf({ kernel, machine: { cpus: 2 } }, say, signal);
  const cold = await environment.guestsOf({ kernel }, 'cold', say, signal);
  const measureEach = async () => {
    await measureFloor(template, samples);
    await measureClone(template, samples);
    await measureTwoCpus(twoCpus, samples);
    await measureOwnLogin(ownLogin, samples);
    await measureCold(cold, samples, signal);
    await measureIsolation(template, environment.limits, samples);
    await measureStart(samples);
    await measureCommand(planned.spec, samples);
  };
  const measureRates = async () => {
    for (let jobs = 1; jobs <= cores; jobs++) {
      const which = jobs === cores ? '' : `${jobs}Jobs`;
      const rate = { jobs, samples: ROUNDS_A_PART } as const;
      const cloned = { rate: `casesPerMinuteCloned${which}`, ...(jobs === cores && { share: 'harnessCpuShare' }) };
      await measureRate(planned, { ...rate, isolation: 'clone', window: 5 * jobs }, samples, cloned, signal);
      const booted = { rate: `casesPerMinuteCold${which}` };
      await measureRate(planned, { ...rate, isolation: 'cold', window: jobs }, samples, booted, signal);
    }
  };
  return { measureEach, measureRates };
}

const rows = samples.summaries();
const medians = Object.fromEntries(rows.map(({ name, median }) => [name, median]));
const spread = Object.fromEntries(rows.map(({ name, low, high, n }) => [name, { p10: low, p90: high, n }]));
const ratio = (over: string, under: string) => (medians[over] ?? Number.NaN) / (medians[under] ?? Number.NaN);
const ratios = {
  twoCpusOverOneFirstCommand: ratio('cloneTwoCpusFirstCommandMs', 'cloneFirstCommandMs'),
  twoCpusOverOneFirstCommandCpu: ratio('cloneTwoCpusFirstCommandCpuMs', 'cloneFirstCommandCpuMs'),
  coldOverCloneFirstCommand: ratio('coldFirstCommandMs', 'cloneFirstCommandMs'),
  coldOverCloneFirstCommandCpu: ratio('coldFirstCommandCpuMs', 'cloneFirstCommandCpuMs'),
  clonedOverColdCasesPerMinute: ratio('casesPerMinuteCloned', 'casesPerMinuteCold'),
  scheduledBoot: ratio('scheduledBootMs', 'twoCpusBootMs'),
  scheduledBootCpu: ratio('scheduledBootCpuMs', 'twoCpusBootCpuMs'),
  scheduledCounting: ratio('scheduledCountingMs', 'twoCpusCountingMs'),
  scheduledCountingCpu: ratio('scheduledCountingCpuMs', 'twoCpusCountingCpuMs'),
  scheduledPingPong: ratio('scheduledPingPongMs', 'twoCpusPingPongMs'),
  scheduledPingPongCpu: ratio('scheduledPingPongCpuMs', 'twoCpusPingPongCpuMs'),
};
const show = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0)).padStart(9);
console.log(`${''.padEnd(30)}   median      p10      p90`);
for (const { name, median, low, high, n } of rows) {
  console.log(`${name.padEnd(30)}${show(median)}${show(low)}${show(high)}  n=${n}`);
}
for (const [name, value] of Object.entries(ratios))
  if (!Number.isNaN(value)) console.log(`${name.padEnd(30)}${value.toFixed(1).padStart(9)}`);
const { host } = environment;
const about = { kernel: kernel.version, host: { ...host, memoryMiB: totalmem() / 2 ** 20, loadAverage: loadavg() } };
writeFileSync(values.out, `${JSON.stringify({ ...about, medians, spread, ratios }, null, 2)}\n`);
