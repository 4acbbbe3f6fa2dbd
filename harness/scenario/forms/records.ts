import { KconformError } from '../../errors/error.ts';
import type { Observations, Observed } from '../../expect/outcome.ts';

/** How a program of the guest ended: its exit code, the number of a signal, or the limit in milliseconds that it reached. */
export interface ProgramEnd {
  readonly how: 'exit' | 'signal' | 'limit';
  readonly number: number;
}

/** What a scenario in shell or C observes of its own end (ProgramOutcome). */
const OF_THE_PROGRAM: readonly string[] = ['exitCode', 'signal', 'output', 'stoppedAfterMs'];

interface Tree {
  [name: string]: Observed | Tree;
}

/**
 * Reads the records of /bin/scenario (images/guest/scenario.c has their format): observations by name, a dot in a name making
 * a member of an object.
 * @throws KC_OBSERVATION (case) for a record that is no observation; KC_SCENARIO_CUT_OFF (case) when the end is missing
 */
export function readRecords(bytes: Buffer): { readonly observations: Observations; readonly end: ProgramEnd } {
  const observations: Tree = Object.create(null);
  let end: ProgramEnd | undefined;
  for (let at = 0; at < bytes.length && end === undefined; ) {
    const lineEnd = bytes.indexOf(0x0a, at);
    const head = /^(text|json|end) (\S+) (\d+)$/.exec(bytes.subarray(at, Math.max(at, lineEnd)).toString('utf8'));
    if (head === null) throw cutOff(bytes.subarray(at));
    const [, kind, name = '', length] = head;
    const value = bytes.subarray(lineEnd + 1, lineEnd + 1 + Number(length));
    at = lineEnd + 1 + value.length + 1;
    if (kind === 'end') end = { how: name === 'exit' || name === 'signal' ? name : 'limit', number: Number(value) };
    else
      insert(observations, name, kind === 'json' ? parseJson(name, value) : textOf(value, `the observation ${name}`));
  }
  if (end === undefined) throw cutOff(bytes);
  return { observations: plain(observations), end };
}

/** @throws KC_OBSERVATION (case) for bytes that are no UTF-8 */
export function textOf(bytes: Buffer, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notAnObservation(
      `${what} is not text: its bytes are not UTF-8`,
      'print bytes as text, with xxd -p for instance',
    );
  }
}

function parseJson(name: string, value: Buffer): Observed {
  const text = textOf(value, `the observation ${name}`);
  try {
    const parsed: Observed = JSON.parse(text, (_, value: unknown) => {
      if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return value;
      throw notAnObservation(
        `the observation ${name} has the number ${value}, too large to be exact`,
        'observe it as text',
      );
    });
    return parsed;
  } catch (cause) {
    if (cause instanceof KconformError) throw cause;
    throw notAnObservation(
      `the observation ${name} is not JSON: ${text.slice(0, 100)}`,
      'without --json it is text',
      cause,
    );
  }
}

function insert(observations: Tree, name: string, value: Observed): void {
  const steps = name.split('.');
  const first = steps[0] ?? name;
  if (OF_THE_PROGRAM.includes(first)) {
    throw notAnObservation(
      `${name} cannot be observed: ${first} is reserved for the end of the program`,
      `choose a name other than ${OF_THE_PROGRAM.join(', ')}`,
    );
  }
  const last = steps.pop() ?? name;
  let place = observations;
  for (const step of steps) {
    const next = place[step] ?? Object.create(null);
    if (!isTree(next)) throw notAnObservation(`${name} cannot be observed: ${step} is a value`);
    place[step] = next;
    place = next;
  }
  if (last === '' || steps.includes('')) throw notAnObservation(`"${name}" is not a name for an observation`);
  if (last in place) throw notAnObservation(`${name} was observed twice`, 'each observation needs its own name');
  place[last] = value;
}

/** Made by `insert`, not by an author: those have the prototype of an object. */
function isTree(value: Observed | Tree): value is Tree {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}

function plain(tree: Tree): Observations {
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, isTree(value) ? plain(value) : value]));
}

function cutOff(rest: Buffer): KconformError {
  return new KconformError('the scenario was cut off: its exit status is unknown', {
    code: 'KC_SCENARIO_CUT_OFF',
    blame: 'case',
    evidence: { output: rest.subarray(0, 2000).toString('utf8') },
  });
}

function notAnObservation(message: string, hint?: string, cause?: unknown): KconformError {
  return new KconformError(message, {
    code: 'KC_OBSERVATION',
    blame: 'case',
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
