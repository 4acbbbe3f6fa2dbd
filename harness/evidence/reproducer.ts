import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { quote } from '../scenario/api/guest.ts';
import { runsForMs } from '../scenario/forms/program.ts';
import { programOf } from './calls/calls-to-c.ts';
import { stepsIn } from './calls/parse-calls.ts';
import type { EvidenceFile } from './evidence-file.ts';
import type { KeptSource } from './kept-source.ts';
import { kernelHeadersOf, UAPI } from './kernel-headers.ts';

/** What runs in the guest of the evidence. */
export interface EvidenceReproducer {
  /** False where nobody can run it without kconform. */
  readonly runs: boolean;
  /** Below the folder `reproducer`. */
  readonly files: readonly EvidenceFile[];
  /** A function of the shell that compiles it. */
  readonly compile: string;
  /** The script that runs it in the guest. */
  readonly command: string;
  /** Programs of the host that it calls. */
  readonly hostPrograms: readonly string[];
  /** What a reader should know, each a paragraph. */
  readonly notes: readonly string[];
}

/** As kconform compiles reproducers (harness/scenario/forms/c.ts). */
const OPTIONS = ['-static-pie', '-fPIE', '-pthread', '-O1'];
const KCONFORM_H = fileURLToPath(new URL('../scenario/c/kconform.h', import.meta.url));
const IN_GUEST = '/evidence/reproducer';
const BINARY = '/evidence/program';

/** @param transcript what the run did */
export async function reproducerOf(source: KeptSource, transcript: string): Promise<EvidenceReproducer> {
  const files = [...source.files].map(([path, bytes]): EvidenceFile => ({ path, bytes }));
  const plain = { runs: true, files, compile: 'compile() { :; }', hostPrograms: [], notes: [] };
  switch (source.form) {
    case 'c': {
      const headers = await kernelHeadersOf(source);
      return {
        ...plain,
        files: [...(await withHeader(files)), ...headers],
        compile: compileOf(source, headers),
        command: limited(source, BINARY),
        notes: headerNotes(transcript, headers),
      };
    }
    case 'shell':
      return { ...plain, command: limited(source, `/bin/sh -eu ${inGuest(source)}`), hostPrograms: calledBy(source) };
    case 'script':
      return { ...plain, command: limited(source, inGuest(source)), hostPrograms: calledBy(source) };
    case 'commands': {
      const program = source.files.has('report.c') ? { ...source, main: 'report.c' } : undefined;
      const headers = program === undefined ? [] : await kernelHeadersOf(program);
      return {
        ...plain,
        files: [...files, ...headers],
        ...(program && { compile: compileOf(program, headers) }),
        command: [...source.places.map(putProgram), `/bin/sh -x ${inGuest(source)}`].join('\n'),
        hostPrograms: calledBy(source),
        notes: ['The commands are those of the report. "set -x" prints each before it runs.'],
      };
    }
    case 'typescript':
      return { ...plain, ...ofCalls(source, withCalls(files, transcript), transcript) };
    case 'other':
      return { ...plain, runs: false, files: withCalls(files, transcript), command: '', notes: [OTHER] };
  }
}

const TYPESCRIPT =
  'The scenario is written in TypeScript, which only kconform runs. reproducer/calls.txt has the commands and system calls that it made, in their order, as strace(1) writes them.';
const AS_PROGRAM =
  'reproducer/calls.c makes the same calls with the same arguments and says where a result is another one than in the run. What the scenario does with the results is not in it.';
const OTHER =
  'The reproducer is a program of a test suite or a program with files of its own. It is not here. reproducer/calls.txt has what the run did.';

/** A scenario in TypeScript, as a program that makes the same calls, where the transcript has all of them. */
function ofCalls(source: KeptSource, files: readonly EvidenceFile[], transcript: string): CallsReproducer {
  const steps = stepsIn(transcript);
  if ('because' in steps) {
    const notes = [TYPESCRIPT, `They cannot be written as a program, because ${steps.because}.`];
    return { runs: false, files, command: '', notes };
  }
  const program = { path: CALLS, bytes: programOf(steps, source.main ?? 'a scenario') };
  return {
    runs: true,
    files: [...files, program],
    compile: compileOf({ ...source, main: CALLS }),
    command: `exec ${BINARY}`,
    notes: [`${TYPESCRIPT} ${AS_PROGRAM}`],
  };
}

type CallsReproducer = Omit<EvidenceReproducer, 'compile' | 'hostPrograms'> & Partial<EvidenceReproducer>;
const CALLS = 'calls.c';

function withCalls(files: readonly EvidenceFile[], transcript: string): EvidenceFile[] {
  return [...files, { path: 'calls.txt', bytes: transcript }];
}

/** kconform.h prints observations where kconform does not listen. */
async function withHeader(files: readonly EvidenceFile[]): Promise<EvidenceFile[]> {
  const isUsed = files.some(({ bytes }) => /#\s*include\s*["<]kconform\.h[">]/.test(bytes.toString('latin1')));
  return isUsed ? [...files, { path: 'kconform.h', bytes: await readFile(KCONFORM_H) }] : [...files];
}

/** @param headers of the kernel, before those of the host */
function compileOf({ main = '', flags, libraries }: KeptSource, headers: readonly EvidenceFile[] = []): string {
  const system = headers.length === 0 ? [] : ['-isystem', `reproducer/${UAPI}`];
  const words = [...OPTIONS, ...flags, '-I', 'reproducer', ...system, '-o', `root${BINARY}`, `reproducer/${main}`];
  return `compile() { gcc ${quote([...words, ...libraries.map((name) => `-l${name}`), '-lm'])}; }`;
}

/** The kernel headers of the run may be newer than those of another host. */
function headerNotes(transcript: string, headers: readonly EvidenceFile[]): string[] {
  const used = /^compiled with (.*)$/m.exec(transcript)?.[1];
  if (used === undefined || headers.length > 0) return [];
  return [`The run compiled the reproducer with the kernel headers of ${used}; build.sh takes those of the host.`];
}

function inGuest({ main = '' }: KeptSource): string {
  return `${IN_GUEST}/${quote(main)}`;
}

/** A program that does not end by itself is ended after the time that its text names. */
function limited({ files, main = '', arguments: words }: KeptSource, command: string): string {
  const ms = runsForMs(files.get(main)?.toString('latin1') ?? '');
  const limit = ms === undefined ? '' : `timeout -s KILL ${ms / 1000} `;
  return `exec ${limit}${command}${words.length === 0 ? '' : ` ${quote(words)}`}`;
}

function putProgram(place: string): string {
  const path = place.replace(/^~\//, '/root/').replace(/^\.\//, '/root/');
  return `mkdir -p ${quote(path.replace(/\/[^/]*$/, ''))}; cp ${BINARY} ${quote(path)}`;
}

/** Programs beyond busybox that scripts of kconform's guests may call, and that hosts have. */
const BEYOND_BUSYBOX = ['bpftool'];

function calledBy({ files, main = '' }: KeptSource): string[] {
  const text = files.get(main)?.toString('latin1') ?? '';
  return BEYOND_BUSYBOX.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
}
