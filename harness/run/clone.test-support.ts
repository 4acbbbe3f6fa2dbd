import type { GuestMachine } from '../guest/guest-machine.ts';
import { resolveKernel } from '../kernels/resolve.ts';
import { prepareEnvironment } from './environment.ts';

/** A clone of the newest published 6.12, for tests that need a guest. */
export async function startClone(signal = new AbortController().signal): Promise<GuestMachine> {
  const kernel = await resolveKernel('6.12');
  const environment = await prepareEnvironment(kernel, undefined, () => undefined);
  return await (await environment.guestsOf({ kernel }, 'clone', () => undefined, signal)).start(signal);
}
