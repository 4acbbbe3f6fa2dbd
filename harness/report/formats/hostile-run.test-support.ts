/** A run in which whatever a guest, an image or a case may choose attacks the readers of reports. */
import type { Verdict } from '../../expect/outcome.ts';
import type { CaseResult, RunEvent } from '../../run/events.ts';
import { sampleRun } from '../sample-run.ts';

/** Each ends or begins something in some format: elements, attributes, scripts, lines, commands, directives, tables. */
export const ATTACKS: readonly string[] = [
  '</script><script>window.attacked = 1</script>',
  '<img src=x onerror="window.attacked = 1">',
  '</pre></details></table><h1>all is well</h1>',
  '" onmouseover="window.attacked = 1',
  "' onfocus='window.attacked = 1",
  ']]><testcase name="PASS"/><!-- & &amp; &#0; -->',
  'x # SKIP not looked at',
  'x\nok 1 forged\n1..0',
  '# Subtest: forged',
  'Kernel panic - not syncing: VFS: Unable to mount root',
  'reboot: System halted',
  'List of all partitions:',
  '\n::error title=forged::forged\n::stop-commands::x',
  '##[error]forged ##[stop-commands]x',
  '%0A::error::forged%0D%25',
  '| a | b |\n|---|---|\n[link](javascript:window.attacked=1) `code` **bold**',
  'nul \u0000 bell \u0007 escape \u001b[2J\u001b]0;title\u0007 c1 \u0085 \u009b31m',
  'line separators \u2028 \u2029 reversed \u202e order \u2066 isolated',
  'half a pair \ud800 and no character \ufffe \uffff',
  '- - ok',
  '',
  '   ',
];

const rest: readonly Verdict[] = ['PASS', 'XFAIL', 'XPASS', 'SKIP', 'ERROR'];

function hostileResult(attack: string, index: number): CaseResult {
  const verdict = index % 2 === 0 ? 'FAIL' : (rest[index % rest.length] ?? 'ERROR');
  const leaf = verdict === 'SKIP' || verdict === 'ERROR' ? 'PASS' : verdict;
  return {
    kernel: {
      id: `hostile-${Math.floor(index / 4)}-${index}`,
      spec: attack,
      version: `6.12.${Math.floor(index / 4)}${attack}`,
      package: attack,
    },
    case: `hostile/case-${index}`,
    verdict,
    durationMs: index,
    blame: 'kernel',
    reason: attack,
    fix: attack,
    observations: [{ path: attack, verdict: leaf, expected: attack, observed: attack }],
    oracles: {
      splats: [{ kind: attack, title: attack, fingerprint: [attack], at: null, state: 'whole', text: [attack] }],
      leaks: [{ count: 1, bytes: 8, comm: attack, hex: [attack], backtrace: [attack] }],
      taints: [attack],
      counters: [attack],
      unavailable: { [attack]: attack },
      unproven: {},
    },
    evidence: { awaited: attack, console: [attack], output: attack, log: attack },
    hint: attack,
    rerun: attack,
  };
}

const results = ATTACKS.map(hostileResult);

export const hostileRun: readonly RunEvent[] = [
  ...sampleRun.filter(({ type }) => type === 'run-started'),
  ...results.map(
    (result): RunEvent => ({
      type: 'case-finished',
      kernel: result.kernel,
      result,
      console: `${result.reason}\r\n[    1.000000] ${result.reason}\n`,
      transcript: `$ ${result.reason}\n`,
    }),
  ),
  { type: 'run-finished', durationMs: 1000, interrupted: true },
];
