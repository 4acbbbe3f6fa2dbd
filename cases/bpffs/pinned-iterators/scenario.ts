import { bpf, type Fd, type GuestProcess, instruction, scenario, syscall } from 'kconform';
import { statShown, textShown } from '../files.ts';
import { get, pin } from '../objects.ts';

const { alu, call, copy, exit, FRAME, jumpIf, load, move, sequence, storeImmediate } = instruction;

const SEQ_WRITE = 127;
/** struct bpf_iter_meta: `struct seq_file *seq`, `u64 session_id`, `u64 seq_num`. */
const SEQ_NUM = 16;
/** Of sequence numbers all but the first are passed over: this many instructions. */
const WRITING = 6;

/** An iterator over the tasks that writes four letters, once. */
async function iterator(process: GuestProcess, letters: string, attachBtfId: number): Promise<Fd> {
  const program = sequence(
    load('double', 1, 1), // ctx->meta
    load('double', 2, 1, SEQ_NUM),
    jumpIf('ne', 2, 0, WRITING),
    load('double', 1, 1), // meta->seq
    storeImmediate('word', FRAME, -8, Buffer.from(letters).readInt32LE()),
    copy(2, FRAME),
    alu('add', 2, -8),
    move(3, letters.length),
    call(SEQ_WRITE),
    move(0, 0),
    exit(),
  );
  const attribute = bpf.progLoad({
    type: bpf.PROG_TYPE.TRACING,
    attachType: bpf.ATTACH_TYPE.TRACE_ITER,
    instructions: program,
    attachBtfId,
  });
  return (await process.bpf(bpf.CMD.PROG_LOAD, attribute)).fd;
}

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const tasks = await bpf.kernelBtfId(root, 'bpf_iter_task', bpf.BTF_KIND.FUNC);
  const lower = await iterator(root, 'abcd', tasks);
  const upper = await iterator(root, 'ABCD', tasks);
  const link = (await root.bpf(bpf.CMD.LINK_CREATE, bpf.linkCreate(lower, 0, bpf.ATTACH_TYPE.TRACE_ITER))).fd;
  const pinned = await root.errnos({ pin: pin('/mnt/iterator', link) });
  const read = async () => textShown(root, '/mnt/iterator');
  const texts = { first: await read(), second: await read() };
  const opened = (await root.open('/mnt/iterator')).fd;
  const update = (await root.bpf(bpf.CMD.LINK_UPDATE, bpf.linkUpdate(link, upper))).errno;
  const updated = { openedBefore: (await root.read(opened)).text, openedAfter: await read() };
  await root.errnos({ link: syscall('close', link), lower: syscall('close', lower), upper: syscall('close', upper) });
  const user = await guest.spawn({ uid: 1000, gid: 1000 });
  const openByUser = async (mode: number, flags = 0) => {
    await root.chmod('/mnt/iterator', mode);
    return (await user.errnos({ open: syscall('open', '/mnt/iterator', flags) })).open;
  };
  const mode = await statShown(root, '/mnt/iterator', (facts) => facts.mode.toString(8));
  return {
    pinned,
    mode,
    texts,
    update,
    updated,
    withoutDescriptors: await read(),
    byUser: {
      mode600: await openByUser(0o600),
      mode000: await openByUser(0),
      mode444: await openByUser(0o444),
      mode444ToWrite: await openByUser(0o444, 1),
    },
    textByUser: await textShown(user, '/mnt/iterator'),
    got: await root.errnos({ get: get('/mnt/iterator') }),
  };
});
