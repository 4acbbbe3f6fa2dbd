import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type REPLServer, Recoverable, start } from 'node:repl';
import { PassThrough } from 'node:stream';
import { inspect } from 'node:util';
import { cachePath, ensureFolder } from '../../cache/folder.ts';
import { KconformError } from '../../errors/error.ts';
import { awaitGuest } from '../../guest/limits/waiting.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import * as kconform from '../../index.ts';
import { mergeMachines } from '../../machine/machine.ts';
import { usesColour } from '../../report/text/colour.ts';
import { printError } from '../../report/text/error.ts';
import { OneGuest } from '../../run/pool/one-guest.ts';
import { createGuest } from '../../scenario/api/guest.ts';
import { takeAuthorFiles } from '../../scenario/forms/author-files.ts';
import { findDefaults, oneKernel } from '../defaults.ts';
import { stripTypes } from '../edit/strip-types.ts';
import { withInterruption } from '../interruption.ts';
import { type MachineOptions, machineOf } from '../machine-options.ts';
import { progressToStderr } from '../options.ts';
import { printConsole } from './console-lines.ts';

export interface ReplOptions extends MachineOptions {
  readonly kernel?: string;
  readonly accel?: Accelerator;
  readonly console?: true;
}

/** A prompt with a guest, until the user leaves it or the guest dies. */
export async function replSession(options: ReplOptions): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    await using one = await OneGuest.start({
      spec: await oneKernel(options.kernel),
      accelerator: options.accel,
      machine: mergeMachines([(await findDefaults()).machine, machineOf(options)]),
      signal,
      progress: progressToStderr,
    });
    const { machine, environment, kernel } = one;
    const agent = { awaited: 'agent of the guest', limitMs: environment.limits.sshMs, signal };
    const guest = await awaitGuest(machine.qemu, createGuest(machine.agent), agent);
    using _console = options.console === true ? printConsole(machine) : undefined;
    if (process.stdin.isTTY) progressToStderr(`${kernel.version}; guest and 'kconform' are available; .exit quits`);

    const history = join(await ensureFolder(cachePath()), 'repl-history');
    const lines = process.stdin.isTTY ? undefined : new PassThrough();
    const server = start({
      prompt: '> ',
      preview: false,
      breakEvalOnSigint: true,
      writer,
      ...(lines === undefined ? {} : { input: lines, output: process.stdout, terminal: false }),
    });
    try {
      takeTypesAway(server);
      takeAuthorFiles();
      Object.assign(server.context, kconform, { guest });
      if (lines === undefined) await keepHistory(server, history);
      const person = { awaited: 'end of the prompt', limitMs: Number.POSITIVE_INFINITY, signal };
      const left = once(server, 'exit');
      if (lines !== undefined) feed(lines, server).catch(() => server.close());
      await awaitGuest(machine.qemu, left, person);
      // The last line of a pipe may have been the guest's end, which its console tells some milliseconds later.
      const alive = { awaited: 'answer of the guest at the end', limitMs: environment.limits.cloneMs, signal };
      if (lines !== undefined) await awaitGuest(machine.qemu, machine.control.settle(), alive);
      return 0;
    } finally {
      server.close();
    }
  });
}

/** node's own evaluation, with its await, of what is left without the types. */
function takeTypesAway(server: REPLServer): void {
  const evaluate = server.eval;
  const value: typeof evaluate = function (this: REPLServer, text, context, file, callback) {
    const stripped = stripTypes(text);
    if ('code' in stripped) evaluate.call(this, stripped.code, context, file, callback);
    else if ('unfinished' in stripped) callback(new Recoverable(new SyntaxError('unfinished')), undefined);
    else callback(new SyntaxError(stripped.error), undefined);
  };
  // An evaluation of our own in the options would lose node's await and its break at Ctrl-C.
  Object.defineProperty(server, 'eval', { value });
}

/**
 * Lines of a pipe, each when the prompt comes for it: node would start the next while one is still awaited. (The callback
 * of an evaluation does not tell: it is not called for an awaited error.)
 */
async function feed(lines: PassThrough, server: REPLServer): Promise<void> {
  let prompted = () => {};
  const displayPrompt = server.displayPrompt.bind(server);
  server.displayPrompt = (preserveCursor) => {
    displayPrompt(preserveCursor);
    prompted();
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const again = new Promise<void>((resolve) => {
      prompted = resolve;
    });
    lines.write(`${line}\n`);
    await again;
  }
  lines.end();
}

async function keepHistory(server: REPLServer, file: string): Promise<void> {
  await new Promise<void>((resolve) => {
    // Where it cannot be kept, node says so and goes on.
    server.setupHistory(file, () => resolve());
  });
}

function writer(value: unknown): string {
  if (value instanceof KconformError) return printError(value).trimEnd();
  return inspect(value, { colors: usesColour(process.stdout), depth: 6 });
}
