import { AT, eachInTurn, FSCONFIG, GuestBuffer, ResultOf, scenario, syscall } from 'kconform';

/** Bytes of the log that are read. */
const LOG = 256;
const bytes = new GuestBuffer(Buffer.from('any'));
/** fsconfig command, key, value, and what the command takes besides. */
const CONFIGURED = {
  uid: [FSCONFIG.SET_STRING, 'uid', 'abc', 0],
  gid: [FSCONFIG.SET_STRING, 'gid', '4294967295', 0],
  mode: [FSCONFIG.SET_STRING, 'mode', '888', 0],
  uidFlag: [FSCONFIG.SET_FLAG, 'uid', null, 0],
  uidBinary: [FSCONFIG.SET_BINARY, 'uid', bytes, 3],
  cmdsFlag: [FSCONFIG.SET_FLAG, 'delegate_cmds', null, 0],
  cmdsBinary: [FSCONFIG.SET_BINARY, 'delegate_cmds', bytes, 3],
  cmdsPath: [FSCONFIG.SET_PATH, 'delegate_cmds', '/', AT.FDCWD],
  cmdsDescriptor: [FSCONFIG.SET_FD, 'delegate_cmds', null, 0],
  cmdsEmpty: [FSCONFIG.SET_STRING, 'delegate_cmds', '', 0],
  cmdsUnknownName: [FSCONFIG.SET_STRING, 'delegate_cmds', 'bogus', 0],
  cmdsTooLarge: [FSCONFIG.SET_STRING, 'delegate_cmds', '0x10000000000000000', 0],
  cmdsGood: [FSCONFIG.SET_STRING, 'delegate_cmds', '0x1', 0],
  longest: [FSCONFIG.SET_STRING, 'unknown', 'x'.repeat(255), 0],
  tooLong: [FSCONFIG.SET_STRING, 'unknown', 'x'.repeat(256), 0],
  unknownString: [FSCONFIG.SET_STRING, 'unknown', 'x', 0],
  unknownFlag: [FSCONFIG.SET_FLAG, 'unknown', null, 0],
  unknownBinary: [FSCONFIG.SET_BINARY, 'unknown', bytes, 3],
  unknownDescriptor: [FSCONFIG.SET_FD, 'unknown', null, 0],
  misspelt: [FSCONFIG.SET_STRING, 'delegate_cmd', 'any', 0],
  otherCase: [FSCONFIG.SET_STRING, 'UID', 'abc', 0],
  source: [FSCONFIG.SET_STRING, 'source', 'somewhere', 0],
  sourceFlag: [FSCONFIG.SET_FLAG, 'source', null, 0],
} as const;

export default scenario(async ({ guest }) => {
  /** Accepted or the error, then the line of the context's log, if there is one. */
  const configured = await eachInTurn(CONFIGURED, async (set) => {
    const log = new GuestBuffer(Buffer.alloc(LOG), true);
    const context = new ResultOf(0);
    const { calls, contents } = await guest.root.batch([
      syscall('fsopen', 'bpf', 0),
      syscall('fsconfig', context, ...set),
      syscall('read', context, log, LOG),
      syscall('close', context),
    ]);
    const [, option, read] = calls.map(({ last }) => last);
    const result = option?.errno ?? 'accepted';
    if (read?.errno === 'ENODATA') return result;
    if (read?.errno !== null) return `${result}, ${read?.errno}`;
    return `${result}, ${contents.get(log)?.toString('utf8', 0, read.value).trim()}`;
  });
  const context = (await guest.root.fsopen('bpf')).fd;
  return {
    configured,
    sourceTwice: [
      (await guest.root.fsconfigString(context, 'source', 'a')).errno,
      (await guest.root.fsconfigString(context, 'source', 'b')).errno,
    ],
    sourceInData: (await guest.root.mount('bpffs', '/mnt', 'bpf', 0, 'source=zz')).errno,
  };
});
