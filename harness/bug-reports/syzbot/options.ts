/** What a reproducer of syzkaller was run with. Names are those of its options, in lower case. */
export type SyzOptions = ReadonlyMap<string, string>;

/** `{Threaded:true Repeat:true RepeatTimes:0 Procs:6 … LegacyOptions:{Collide:false Fault:false FaultCall:0 FaultNth:0}}` */
const GO = /^\s*(?:\/\/|#)\s*\{(\w+:.*)\}\s*$/m;
/** `#{"threaded":true,"repeat":true,"procs":6,"slowdown":1,"sandbox":"none"}` */
const JSON_LINE = /^\s*(?:\/\/|#)\s*(\{"\w+":.*\})\s*$/m;

/** Names that the options had in older versions, and those of JSON. */
const RENAMED: Readonly<Record<string, string>> = {
  tun: 'netinjection',
  enabletun: 'netinjection',
  netdev: 'netdevices',
  enablenetdev: 'netdevices',
  cgroups: 'cgroups',
  enablecgroups: 'cgroups',
  binfmt_misc: 'binfmtmisc',
  enablebinfmtmisc: 'binfmtmisc',
  times: 'repeattimes',
  vhci: 'vhciinjection',
  devlinkpci: 'devlinkpci',
  netreset: 'netreset',
  enableclosefds: 'closefds',
};

/** The options in a comment of a reproducer; undefined where it has none. */
export function readSyzOptions(source: string): SyzOptions | undefined {
  const go = GO.exec(source)?.[1];
  if (go !== undefined)
    return optionsOf([...go.matchAll(/(\w+):([^\s{}]*)/g)].map(([, name = '', value = '']) => [name, value]));
  const json = JSON_LINE.exec(source)?.[1];
  if (json === undefined) return undefined;
  return optionsOf(
    [...json.matchAll(/"(\w+)":\s*(?:"([^"]*)"|([\w.-]+))/g)].map(([, name = '', text, value]) => [
      name,
      text ?? value ?? '',
    ]),
  );
}

function optionsOf(pairs: readonly (readonly [string, string])[]): SyzOptions {
  return new Map(pairs.map(([name, value]) => [RENAMED[name.toLowerCase()] ?? name.toLowerCase(), value]));
}

/** True for a reproducer in the language of syzkaller, which is run by syz-execprog and not compiled. */
export function isSyzProgram(text: string): boolean {
  if (/#include\s*[<"]/.test(text)) return false;
  const hasMark = /^\s*#\s*(?:syz repro|\{"\w+":|\{Threaded:|See https:\/\/goo\.gl\/kgGztJ)/m.test(text);
  return hasMark && /^\s*(?:r\d+ = )?\w+(?:\$\w+)?\((?:&?\(?0x|r\d|.*\)$)/m.test(text);
}
