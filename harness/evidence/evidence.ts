import { readFile } from 'node:fs/promises';
import { standingOf } from '../expect/judge/standing.ts';
import { plain, table } from '../report/text/text.ts';
import { decoded } from './decoded.ts';
import type { EvidenceFile } from './evidence-file.ts';
import { type GuestSetting, guestFiles } from './guest-files.ts';
import type { KeptSource } from './kept-source.ts';
import type { KernelFacts } from './kernel-facts.ts';
import { readmeOf } from './readme.ts';
import { reproducerOf } from './reproducer.ts';
import type { StoredCase } from './stored-case.ts';
import { versionsOf } from './versions.ts';

/** What evidence is made of. */
export interface EvidenceSetting {
  readonly stored: StoredCase;
  readonly source: KeptSource;
  readonly kernel: KernelFacts;
  /** Whether to hand on the image of the kernel too. */
  readonly withImage: boolean;
  /** What is missing or doubtful beyond that, each a paragraph. */
  readonly notes: readonly string[];
}

/** All files of the evidence. */
export async function evidenceFiles(given: EvidenceSetting): Promise<EvidenceFile[]> {
  const { stored, source, kernel } = given;
  const { result, console, transcript } = stored.subject;
  const reproducer = await reproducerOf(source, transcript);
  const setting: GuestSetting = { result, accelerator: stored.run.host.accelerator, kernel, reproducer };
  const splats = await decoded(result.oracles.splats, kernel.symbols);
  const image = given.withImage ? kernel.image : undefined;
  const readme = readmeOf({
    stored,
    setting,
    versions: versionsOf(stored.all),
    decoded: splats,
    about: source.about,
    hasImage: image !== undefined,
    notes: [...given.notes, ...kernel.notes, ...reproducer.notes, ...machineNotes(given)],
  });
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  return [
    { path: 'README.txt', bytes: readme },
    ...reproducer.files.map((file) => ({ ...file, path: `reproducer/${file.path}` })),
    { path: 'console.log', bytes: console },
    { path: 'observations.txt', bytes: text(observationLines(given)) },
    ...(splats.lines.length === 0 ? [] : [{ path: 'splats.txt', bytes: text(splats.lines) }]),
    ...(kernel.config === undefined ? [] : [{ path: 'config', bytes: kernel.config }]),
    ...(image === undefined ? [] : [{ path: 'kernel-image', bytes: await readFile(image.vmlinux) }]),
    ...(reproducer.runs ? await guestFiles(setting) : []),
  ];
}

function observationLines({ stored }: EvidenceSetting): string[] {
  const { observations, oracles, verdict } = stored.subject.result;
  // What `repro` ran has no expectation: its observations are only what was seen, also where the run shows the bug.
  const isJudged = standingOf(verdict) !== 'bad' || observations.some((one) => one.verdict !== 'PASS');
  const rows = observations.map(({ path, expected, observed }) =>
    [path, ...(isJudged ? [expected] : []), observed].map(plain),
  );
  const unavailable = Object.entries(oracles.unavailable).map(([name, why]) => `not watched: ${name} (${plain(why)})`);
  return [...table([['observation', ...(isJudged ? ['expected'] : []), 'observed'], ...rows]), ...unavailable];
}

/** What the machine of the run had that the scripts cannot make. */
function machineNotes({ stored }: EvidenceSetting): string[] {
  const { machine, packages } = stored.subject.result;
  const images = (machine?.disks ?? []).flatMap((disk, index) =>
    disk.includes('/') ? [`disk${index}.img is a copy of ${disk}, which is not here.`] : [],
  );
  const files = (machine?.files ?? []).map(
    (file) => `The guest had this file of the host, which is not here: ${file}. build.sh takes files from guest/files.`,
  );
  const from =
    packages === undefined
      ? []
      : [`The guest had Debian packages of ${packages.suite}; build.sh gets them with apt-get.`];
  return [...images, ...files, ...from];
}
