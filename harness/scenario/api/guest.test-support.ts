import { afterAll, beforeAll } from 'vitest';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import { startClone } from '../../run/clone.test-support.ts';
import { createGuest, type Guest } from './guest.ts';

/** To be called at the top of a file of tests: they share a guest, which is passed to `use` before the first one. */
export function withGuest(use: (guest: Guest) => void): void {
  let machine: GuestMachine | undefined;
  beforeAll(async () => {
    machine = await startClone();
    use(await createGuest(machine.agent));
  });
  afterAll(() => machine?.[Symbol.asyncDispose]());
}
