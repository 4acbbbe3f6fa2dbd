import { BPF, type GuestProcess, MAP_TYPE, mapCreate, scenario } from 'kconform';
import { delegate, EVERYTHING } from '../delegation.ts';

const O_RDWR = 2;

/** Whether a process outlives what a child of its does: a fault in the kernel would kill it. */
async function survives(process: GuestProcess, deed: (fork: GuestProcess) => Promise<unknown>): Promise<boolean> {
  try {
    await deed(await process.fork());
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'KC_PROCESS_ENDED') return false;
    throw error;
  }
}

export default scenario(async ({ guest }) => {
  const { child, token } = await delegate(guest, EVERYTHING);
  const { value } = await child.open(`/proc/self/fd/${token.number}`, O_RDWR);
  const stack = { type: MAP_TYPE.STACK, keySize: 0 };
  return {
    survives: {
      use: await survives(child, (fork) => fork.bpf(BPF.MAP_CREATE, mapCreate({ ...stack, token: value }))),
      fdinfo: await survives(child, async (fork) => {
        const { value: fd } = await fork.open(`/proc/self/fdinfo/${value}`);
        return fork.read(fd);
      }),
      close: await survives(child, (fork) => fork.close(value)),
    },
    original: (await child.bpf(BPF.MAP_CREATE, mapCreate({ ...stack, token }))).errno,
  };
});
