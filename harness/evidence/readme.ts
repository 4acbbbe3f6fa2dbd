import { standingOf } from '../expect/judge/standing.ts';
import { describeMachine } from '../machine/describe.ts';
import { isDefaultMachine } from '../machine/machine.ts';
import { plain, table } from '../report/text/text.ts';
import type { Decoded } from './decoded.ts';
import { type GuestSetting, qemuCommand } from './guest-files.ts';
import { UAPI } from './kernel-headers.ts';
import type { StoredCase } from './stored-case.ts';
import { type Version, versionLines } from './versions.ts';
import { wrapped } from './wrap.ts';

/** What README.txt says. */
export interface EvidenceParts {
  readonly stored: StoredCase;
  readonly setting: GuestSetting;
  readonly versions: readonly Version[];
  readonly decoded: Decoded;
  /** What the reproducer is. */
  readonly about: string;
  /** Whether the image of the kernel is among the files. */
  readonly hasImage: boolean;
  /** What is missing or doubtful, each a paragraph. */
  readonly notes: readonly string[];
}

/** README.txt of the evidence. */
export function readmeOf(parts: EvidenceParts): string {
  const { stored, setting } = parts;
  const { result } = stored.subject;
  const title = plain(`${stored.name} on Linux ${result.kernel.version}`);
  const blocks = [
    [title, '='.repeat(title.length)],
    wrapped(summaryOf(parts)),
    section('Run it', runLines(parts)),
    section('Kernel', kernelLines(parts)),
    section('Observed', observedLines(parts)),
    section('Versions', [...versionLines(parts.versions, 60), '', ...wrapped(VERSIONS)]),
    section('Files', fileLines(parts)),
    ...(parts.notes.length === 0 ? [] : [section('What is missing or doubtful', paragraphs(parts.notes))]),
    wrapped(
      `Written by kconform ${stored.run.kconform} from a run of ${stored.run.startedAt} (QEMU ${stored.run.host.qemu}, ${stored.run.host.accelerator}). With kconform: ${plain(setting.result.rerun)}`,
    ),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const OWN_MODULES =
  ' The modules in guest/modules are those of the kernel below; another one must have them built in, or its own must be put there.';
const VERSIONS = 'Each line is what was seen on that kernel. Kernels that are not listed were not tried.';

function section(title: string, lines: readonly string[]): string[] {
  return [title, '-'.repeat(title.length), ...lines];
}

function paragraphs(texts: readonly string[]): string[] {
  return texts.flatMap((text, index) => [...(index === 0 ? [] : ['']), ...wrapped(plain(text))]);
}

function summaryOf({ stored, about }: EvidenceParts): string {
  const { verdict, reason, fix } = stored.subject.result;
  const standing = standingOf(verdict);
  const what = {
    bad: 'This kernel shows the bug',
    good: 'This kernel does not show the bug',
    unknown: 'Nothing is known of this kernel',
  };
  const why = reason === undefined ? '' : `: ${plain(reason)}`;
  const missing =
    fix === undefined || standing !== 'bad' ? '' : ` The fix is known: ${plain(fix)}. This version seems to lack it.`;
  return `${what[standing]}${why}.${missing} The reproducer is ${plain(about)}.`;
}

function runLines({ setting, hasImage, stored }: EvidenceParts): string[] {
  if (!setting.reproducer.runs)
    return wrapped(
      `It needs kconform: ${plain(stored.subject.result.rerun)}. The reproducer is not a program that runs by itself; see below.`,
    );
  return [
    ...wrapped('It does not need kconform. Programs: a shell, qemu-system-x86_64, busybox, gzip, gcc.'),
    '',
    ...(hasImage ? [] : ['  sh get-kernel.sh         # downloads the kernel']),
    '  sh build.sh              # compiles the reproducer, writes initramfs.cpio.gz',
    '  sh run.sh                # boots the kernel and runs the reproducer',
    '',
    ...wrapped('run.sh runs this command, and prints serial.log:'),
    '',
    ...qemuCommand(setting)
      .split('\n')
      .map((line) => `  ${line}`),
    '',
    ...wrapped(
      'Where KVM works, "-accel kvm -cpu host" is faster. The guest prints "evidence: the reproducer ended with exit status N", and the machine ends.',
    ),
    '',
    ...wrapped(
      `Another kernel: sh get-kernel.sh path/to/bzImage.${setting.kernel.modules.length === 0 ? '' : OWN_MODULES}`,
    ),
  ];
}

function kernelLines({ setting, stored, hasImage }: EvidenceParts): string[] {
  const { kernel } = setting;
  const { result } = stored.subject;
  const { machine } = result;
  const rows = [
    ['release', result.kernel.version],
    ...(kernel.package === undefined
      ? [['from', result.kernel.spec]]
      : [
          ['package', `${kernel.package.name} ${kernel.package.version}`],
          ['source', kernel.package.source === 'debian' ? 'Debian' : kernel.package.source],
        ]),
    ...(kernel.deb === undefined
      ? []
      : [
          ['file', kernel.deb.path],
          ['SHA-256', `${kernel.deb.sha256} (package)`],
        ]),
    ...(result.kernel.sha256 === undefined ? [] : [['SHA-256', `${result.kernel.sha256} (uncompressed image)`]]),
    ['config', kernel.config === undefined ? 'unknown' : 'the file config'],
    ['machine', machine === undefined || isDefaultMachine(machine) ? '1 CPU' : describeMachine(machine)],
    ['image', hasImage ? 'the file kernel-image' : 'not in this folder'],
  ];
  return table(rows.map((cells) => cells.map(plain)));
}

function observedLines({ stored, decoded }: EvidenceParts): string[] {
  const { observations, oracles } = stored.subject.result;
  const shown = observations.filter(({ verdict }) => verdict !== 'PASS');
  const rows = shown.map(({ path, expected, observed }) => [plain(path), plain(expected), plain(observed)]);
  const lines = [
    ...(rows.length === 0 ? [] : table([['observation', 'expected', 'observed'], ...rows])),
    ...oracles.splats.map(({ title }) => `splat: ${plain(title)}`),
    ...oracles.leaks.map(({ count, bytes }) => `leak: ${count} of ${bytes} bytes`),
    ...(oracles.taints.length === 0 ? [] : [`taint flags: ${plain(oracles.taints.join(' '))}`]),
    ...oracles.counters.map(plain),
  ];
  const symbols = {
    yes: 'splats.txt has file and line behind each frame.',
    no: 'splats.txt has no file and line: there was no image with debug information at hand.',
    none: undefined,
  }[decoded.symbols];
  const { reason, verdict } = stored.subject.result;
  const only = standingOf(verdict) === 'good' ? 'nothing that differs from what is expected' : plain(reason ?? verdict);
  const all = lines.length === 0 ? wrapped(only) : lines;
  return symbols === undefined ? all : [...all, ...wrapped(symbols)];
}

function fileLines({ setting, decoded, hasImage }: EvidenceParts): string[] {
  const { reproducer, kernel } = setting;
  const rows = [
    ...reproducer.files
      .filter(({ path }) => !path.startsWith(`${UAPI}/`))
      .map(({ path }) => [`reproducer/${plain(path)}`, FILE_TEXTS[path] ?? 'the reproducer']),
    ...(reproducer.files.some(({ path }) => path.startsWith(`${UAPI}/`))
      ? [[`reproducer/${UAPI}/`, 'the headers of the kernel that it includes']]
      : []),
    ['console.log', 'what the kernel printed'],
    ...(decoded.lines.length === 0 ? [] : [['splats.txt', 'its reports (BUG, WARNING, oops, …)']]),
    ['observations.txt', 'all that was observed, and what was expected'],
    ...(kernel.config === undefined ? [] : [['config', 'the configuration of the kernel']]),
    ...(hasImage ? [['kernel-image', 'the kernel that was tested']] : []),
    ...(reproducer.runs
      ? [
          ['settings.sh', 'what the scripts read; get-kernel.sh, build.sh and run.sh use it'],
          ['guest/', 'init and others for the initramfs'],
        ]
      : []),
  ];
  return table(rows);
}

const FILE_TEXTS: Readonly<Record<string, string>> = {
  'kconform.h': 'observe(), which prints',
  'calls.txt': 'the calls that the scenario made',
  'calls.c': 'the same calls as a program; build.sh compiles it',
};
