import { FCNTL, GuestBuffer, landlock, O, PR, SIG, scenario, syscall } from 'kconform';

/** asm-generic/fcntl.h */
const F_SETOWN = 8;
const F_SETSIG = 10;
const O_ASYNC = 0o20000;
const SIG_SETMASK = 2;
const SIG_IGN = 1n;

export default scenario(async ({ guest }) => {
  await using outside = await guest.root.fork();
  await using inside = await guest.root.fork();
  const blocked = Buffer.alloc(8);
  blocked.writeBigUInt64LE(1n << BigInt(SIG.USR1 - 1));
  const ignored = Buffer.alloc(32);
  ignored.writeBigUInt64LE(SIG_IGN);
  const setUp = {
    group: (await outside.syscall('setpgid', 0, 0)).errno,
    block: (await outside.syscall('rt_sigprocmask', SIG_SETMASK, new GuestBuffer(blocked), null, 8)).errno,
    join: (await inside.syscall('setpgid', 0, outside.pid)).errno,
    ignore: (await inside.syscall('rt_sigaction', SIG.USR1, new GuestBuffer(ignored), null, 8)).errno,
  };
  const pipe = new GuestBuffer(Buffer.alloc(8), true);
  const { calls, contents } = await inside.batch([
    syscall('pipe2', pipe, O.NONBLOCK),
    landlock.createRuleset({ scoped: landlock.SCOPE.SIGNAL }),
    syscall('prctl', PR.SET_NO_NEW_PRIVS, 1, 0, 0, 0),
  ]);
  const ends = contents.get(pipe) ?? pipe.bytes;
  const [read, write] = [ends.readInt32LE(0), ends.readInt32LE(4)];
  const inDomain = await inside.errnos({
    restrict: landlock.restrictSelf(calls[1]?.last.value ?? -1),
    kill: syscall('kill', outside.pid, SIG.USR1),
    own: syscall('fcntl', read, F_SETOWN, -outside.pid),
    signal: syscall('fcntl', read, F_SETSIG, SIG.USR1),
    async: syscall('fcntl', read, FCNTL.SETFL, O.NONBLOCK | O_ASYNC),
    write: syscall('write', write, new GuestBuffer(Buffer.from('x')), 1),
  });
  const pending = /^ShdPnd:\s+([0-9a-f]+)$/m.exec(await guest.readFile(`/proc/${outside.pid}/status`))?.[1];
  return { setUp, inDomain, received: BigInt(`0x${pending}`) !== 0n };
});
