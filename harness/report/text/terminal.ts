import { isUnexpected } from '../../expect/outcome.ts';
import { describeMachine } from '../../machine/describe.ts';
import {
  type CaseResult,
  jobKey,
  type KernelIdentity,
  type Reporter,
  type RunEvent,
  type RunStarted,
} from '../../run/events.ts';
import { kernelNames } from '../../run/kernel-names.ts';
import { countVerdicts } from '../../run/results/totals.ts';
import { type Paint, painterFor, verdictStyle } from './colour.ts';
import { printFailures } from './failure.ts';
import { reusedLines } from './reused.ts';
import { printSkips, skippedText } from './skips.ts';
import { duration, plain, shorten } from './text.ts';
import { unwatched } from './unwatched.ts';

/** Where the report goes; `process.stdout` is one. */
export interface Terminal {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Tells a person how the run goes: a line a case, failures in full at the end. On a TTY, progress stays on one line. */
export class TerminalReporter implements Reporter {
  readonly #terminal: Terminal;
  readonly #paint: Paint;
  readonly #results = new Map<string, CaseResult>();
  /** Of the plan, and those that only an earlier run had. */
  readonly #kernels = new Map<string, KernelIdentity>();
  #nameOf = kernelNames([]);
  #namesKernels = true;
  #progress = '';

  constructor(terminal: Terminal, environment: { readonly NO_COLOR?: string | undefined } = process.env) {
    this.#terminal = terminal;
    this.#paint = painterFor(terminal, environment);
  }

  on(event: RunEvent): void {
    switch (event.type) {
      case 'run-started':
        this.#namesKernels = event.plan?.kernels !== 1;
        this.#know(event.planned?.kernels ?? []);
        this.#lines(header(event));
        break;
      case 'progress':
        this.#show(event.message);
        break;
      case 'notice':
        this.#lines(event.text.split('\n').map(plain));
        break;
      case 'kernel-ready':
        this.#lines([`guests of ${plain(this.#nameOf(event.kernel))} are ready after ${duration(event.ms)}`]);
        break;
      case 'case-started':
        if (this.#terminal.isTTY) this.#show(`${event.case} on ${this.#nameOf(event.kernel)}`);
        break;
      case 'case-finished':
        this.#know([event.kernel]);
        this.#results.set(jobKey(event.kernel, event.result.case), event.result);
        this.#lines([this.#caseLine(event.result)]);
        break;
      case 'run-finished':
        this.#lines(this.#summary(event.durationMs, event.interrupted));
        break;
    }
  }

  #know(kernels: readonly KernelIdentity[]): void {
    const before = this.#kernels.size;
    for (const kernel of kernels) this.#kernels.set(kernel.id, kernel);
    if (this.#kernels.size > before) this.#nameOf = kernelNames(this.#kernels.values());
  }

  #caseLine(result: CaseResult): string {
    const verdict = this.#paint(verdictStyle[result.verdict], result.verdict.padEnd(5));
    const parts = [verdict, result.case.padEnd(32)];
    if (this.#namesKernels) parts.push(plain(this.#nameOf(result.kernel)).padEnd(28));
    parts.push((result.reused === undefined ? duration(result.durationMs) : 'reused').padStart(8));
    if (result.machine !== undefined) parts.push(`[${shorten(plain(describeMachine(result.machine)), 60)}]`);
    const line = parts.join('  ');
    if (result.verdict === 'PASS')
      return `${line}  ${[skippedText(result), unstableText(result)].filter(Boolean).join('; ')}`.trimEnd();
    const schedule = result.race?.schedule === undefined ? '' : ` (schedule ${result.race.schedule})`;
    const fix = result.verdict === 'XFAIL' && result.fix ? ` (lacks ${result.fix})` : '';
    return `${line}  ${shorten(plain(result.reason ?? ''), 100)}${schedule}${fix}`.trimEnd();
  }

  #summary(durationMs: number, interrupted: boolean): string[] {
    const results = [...this.#results.values()];
    const failures = results.filter(({ verdict }) => isUnexpected(verdict));
    const counts = Object.entries(countVerdicts(results))
      .filter(([, count]) => count > 0)
      .map(([verdict, count]) => `${count} ${verdict}`);
    const totals = counts.length > 0 ? counts.join(', ') : 'No case was judged';
    return [
      ...printFailures(failures, this.#nameOf, this.#paint),
      '',
      ...unwatched(results),
      ...printSkips(results, this.#nameOf),
      ...reusedLines(results, this.#nameOf),
      `${this.#paint('bold', totals)} in ${duration(durationMs)}${interrupted ? '; interrupted before the end' : ''}`,
    ];
  }

  /** Progress, which the next line replaces on a TTY; elsewhere each new message is a line. */
  #show(message: string): void {
    const text = plain(message);
    if (text === this.#progress) return;
    if (!this.#terminal.isTTY) this.#lines([text]);
    else this.#terminal.write(`\r\u001b[2K${this.#paint('dim', shorten(text, (this.#terminal.columns ?? 80) - 1))}`);
    this.#progress = text;
  }

  #lines(lines: readonly string[]): void {
    const clear = this.#terminal.isTTY && this.#progress !== '' ? '\r\u001b[2K' : '';
    this.#progress = '';
    this.#terminal.write(`${clear}${lines.join('\n')}\n`);
  }
}

/** Of a PASS that was a failure another time. */
function unstableText({ verdict, retries = [] }: CaseResult): string {
  const other = retries.find((retry) => retry.verdict !== verdict);
  return other === undefined ? '' : `unstable: ${shorten(plain(other.reason ?? other.verdict), 100)}`;
}

function header({ kconform, host }: RunStarted): string[] {
  const { qemu, cpus, accelerator, acceleratorReason } = host;
  const name = { kvm: 'KVM', tcg: 'software emulation' }[accelerator] ?? accelerator;
  return [
    `kconform ${kconform}, QEMU ${qemu}, ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`,
    `accelerator: ${name} (${plain(acceleratorReason)})`,
    '',
  ];
}
