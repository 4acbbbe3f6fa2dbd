/** A race is found and replayed with the QEMU of Debian 13 too. What the tests run with is that of the host. */
import { expect, test } from 'vitest';
import { whyNot } from './base.ts';
import { CHECKOUT, Room } from './room.ts';

const LIMIT_MS = 2 * 3_600_000;
const REPLAYS = 5;
const RACE = 'epoll/zero-timeout';
const reason = await whyNot('trixie');

test.skipIf(reason !== undefined)(
  `${RACE} is found on Debian 13, and a seed is the same each time${reason === undefined ? '' : `: ${reason}`}`,
  async () => {
    await using room = await Room.of('trixie', AbortSignal.timeout(LIMIT_MS));
    await room.copyCheckout();
    const inRoom = (command: string, env = {}) =>
      room.run(['sh', '-c', command], { as: 'user', cwd: CHECKOUT, env, limitMs: LIMIT_MS });
    const setup = await inRoom('bash ci/setup && qemu-system-x86_64 --version');
    expect(setup.exitCode, setup.output).toBe(0);
    expect(setup.output).toContain('QEMU emulator version 10.');

    const repro = `npx kconform repro cases/${RACE}/scenario.c --kernel 6.12.96`;
    const search = await inRoom(`${repro} --search 20`);
    const [, seed = ''] = /^ {2}replay: .* --schedule (\d+)$/m.exec(search.output) ?? [];
    expect(search.exitCode, search.output).toBe(1);
    process.stdout.write(search.output);
    const replays = new Set<string>();
    for (let count = 0; count < REPLAYS; count++) replays.add((await inRoom(`${repro} --schedule ${seed}`)).output);
    process.stdout.write(`${replays.size} different replays of ${REPLAYS}: ${[...replays].join('')}`);
    expect(replays.size).toBe(1);
    expect([...replays].join('')).toContain(`schedule ${seed}: the scenario failed: exit code 1`);

    // Consoles too, more replays, and the kernel with the fix.
    const test = 'harness/run/schedule/known-races.nightly.test.ts';
    const known = await inRoom(`npx vitest run ${test} -t ${RACE}`, { KCONFORM_TESTS: 'nightly', NO_COLOR: '1' });
    process.stdout.write(known.output);
    expect(known.exitCode).toBe(0);
    expect(known.output).toMatch(/Tests {2}1 passed/);
  },
  LIMIT_MS,
);
