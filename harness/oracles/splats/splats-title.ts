/** The first line of a report as it reads on every kernel: no CPU, pid, address, offset, line, build folder, count or compiler suffix. */
export function normaliseTitle(line: string): string {
  return line
    .replace(/^INFO: task (.+):\d+ (blocked.*?) for more than \d+ seconds\.$/, 'INFO: task $1 $2')
    .replace(/^(BUG: scheduling while atomic): .*$/, '$1')
    .replace(/ \[#\d+\].*$/, '')
    .replace(/^WARNING: CPU: \d+ PID: \d+ at /, 'WARNING: at ')
    .replace(/^WARNING: (\S+:\d+) at (\S+), CPU#\d+: .*$/, 'WARNING: at $1 $2')
    .replace(/\bat (\S+):\d+(?=\s|!|$)/g, 'at $1')
    .replace(/^(UBSAN: .* in )(?:\S*\/)?(\S+?):\d+:\d+$/, '$1$2') // with a build folder of its own the path is absolute
    .replace(/,? ?\bCPU#\d+(?: stuck)? for \d+s!?(?: \[.*\])?/, '')
    .replace(/ by task .*$/, '')
    .replace(/\b(CPU|PID|pid|cpu)[:=#]? ?\d+/g, '')
    .replace(/(\w)\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '$1')
    .replace(/\b(?:0x)?[0-9a-f]{8,16}\b/g, 'ADDR')
    .replace(/0x[0-9a-f]+/g, 'NUM')
    .replace(/\.(?:isra|constprop|part|cold)(?:\.\d+)?/g, '')
    .replace(/^(\S+) (invoked oom-killer).*$/, '$2')
    .replace(/(Killed process) .*$/, '$1')
    .replace(/ +/g, ' ')
    .replace(/[ ,:]+$/, '')
    .trim();
}
