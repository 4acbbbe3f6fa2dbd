import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AgentConnection } from './connection.ts';
import { type Frame, OP, STATUS } from './frames.ts';
import { Processes } from './processes.ts';

const PROCESS = 7;
const KILLED = Buffer.from([9, 0, 0, 0]);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An agent that answers all but programs. @param looks what it does at the first, second, … request for the place of the process */
function processes(...looks: ((answer: (payload: string) => void, ended: () => void) => void)[]): Processes {
  let sequence = 0;
  const send = ({ process, sequence, op }: Frame) => {
    const answer = (payload: string) =>
      queueMicrotask(() => all.receive({ process, sequence, op: STATUS.ok, payload: Buffer.from(payload) }));
    const ended = () => queueMicrotask(() => all.receive({ process, sequence: 0, op: STATUS.ended, payload: KILLED }));
    if (op === OP.kill) answer('');
    if (op === OP.stack) looks.shift()?.(answer, ended);
  };
  const connection = { closed: undefined, newSequence: () => ++sequence, send };
  const all = new Processes(connection as unknown as AgentConnection);
  return all;
}

async function errorOf(all: Processes): Promise<unknown> {
  const error = all.request(PROCESS, OP.program, Buffer.alloc(0), 100).catch((reason: unknown) => reason);
  await vi.advanceTimersByTimeAsync(60_000);
  return error;
}

test('the kernel is to blame for a process that is still there long after SIGKILL', async () => {
  const stuck = processes(
    (answer) => answer('before'),
    (answer) => answer('after'),
  );
  expect(await errorOf(stuck)).toMatchObject({ code: 'KC_STUCK', blame: 'kernel', evidence: { output: 'after' } });
});

test('not for one whose end was reported late', async () => {
  const late = processes(
    (answer) => answer('before'),
    (_, ended) => ended(),
  );
  expect(await errorOf(late)).toMatchObject({ code: 'KC_STUCK', blame: 'case' });
});

test('not for one of which nothing is known, because the agent is silent', async () => {
  const silent = processes(
    (answer) => answer('before'),
    () => undefined,
  );
  expect(await errorOf(silent)).toMatchObject({ code: 'KC_AGENT_SILENT', blame: 'case' });
});
