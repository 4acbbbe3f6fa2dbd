import { FSCONFIG, GuestBuffer, ResultOf, scenario } from 'kconform';
import { byName, keysOf, run, sys } from '../../calls.ts';

const bytes = new GuestBuffer(Buffer.from('any'));
/** fsconfig command, key, value, and what the command takes besides. */
const CONFIGURED = {
  uid: [FSCONFIG.setString, 'uid', 'abc', 0],
  gid: [FSCONFIG.setString, 'gid', '4294967295', 0],
  mode: [FSCONFIG.setString, 'mode', '888', 0],
  uidFlag: [FSCONFIG.setFlag, 'uid', null, 0],
  uidBinary: [FSCONFIG.setBinary, 'uid', bytes, 3],
  cmdsFlag: [FSCONFIG.setFlag, 'delegate_cmds', null, 0],
  cmdsBinary: [FSCONFIG.setBinary, 'delegate_cmds', bytes, 3],
  cmdsPath: [FSCONFIG.setPath, 'delegate_cmds', '/', -100],
  cmdsDescriptor: [FSCONFIG.setFd, 'delegate_cmds', null, 0],
  cmdsEmpty: [FSCONFIG.setString, 'delegate_cmds', '', 0],
  cmdsUnknownName: [FSCONFIG.setString, 'delegate_cmds', 'bogus', 0],
  cmdsTooLarge: [FSCONFIG.setString, 'delegate_cmds', '0x10000000000000000', 0],
  cmdsGood: [FSCONFIG.setString, 'delegate_cmds', '0x1', 0],
  longest: [FSCONFIG.setString, 'unknown', 'x'.repeat(255), 0],
  tooLong: [FSCONFIG.setString, 'unknown', 'x'.repeat(256), 0],
  unknownString: [FSCONFIG.setString, 'unknown', 'x', 0],
  unknownFlag: [FSCONFIG.setFlag, 'unknown', null, 0],
  unknownBinary: [FSCONFIG.setBinary, 'unknown', bytes, 3],
  unknownDescriptor: [FSCONFIG.setFd, 'unknown', null, 0],
  misspelt: [FSCONFIG.setString, 'delegate_cmd', 'any', 0],
  otherCase: [FSCONFIG.setString, 'UID', 'abc', 0],
  source: [FSCONFIG.setString, 'source', 'somewhere', 0],
  sourceFlag: [FSCONFIG.setFlag, 'source', null, 0],
} as const;

export default scenario(async ({ guest }) => {
  const names = keysOf(CONFIGURED);
  const rows = names.map((name, index) => {
    const log = new GuestBuffer(Buffer.alloc(256), true);
    const context = new ResultOf(index * 4);
    const calls = [
      sys('fsopen', 'bpf', 0),
      sys('fsconfig', context, ...CONFIGURED[name]),
      sys('read', context, log, 256),
      sys('close', context),
    ];
    return { log, calls };
  });
  const { results, contents } = await run(
    guest.root,
    rows.flatMap(({ calls }) => calls),
  );
  /** Accepted or the error, then the line of the context's log, if there is one. */
  const came = byName(names, (_, index) => {
    const [, set, read] = results.slice(index * 4);
    const log = rows[index] && contents.get(rows[index].log)?.toString('utf8');
    const line = read?.errno === null ? (log?.slice(0, read.value).trim() ?? '') : null;
    return `${set?.errno ?? 'accepted'}${line === null ? (read?.errno === 'ENODATA' ? '' : `, ${read?.errno}`) : `, ${line}`}`;
  });
  const context = (await guest.root.fsopen('bpf')).fd;
  return {
    configured: came,
    sourceTwice: [
      (await guest.root.fsconfigString(context, 'source', 'a')).errno,
      (await guest.root.fsconfigString(context, 'source', 'b')).errno,
    ],
    sourceInData: (await guest.root.mount('bpffs', '/mnt', 'bpf', 0, 'source=zz')).errno,
  };
});
