import { existsSync } from 'node:fs';
import { appendFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeFolder } from '../../cache/make-folder.ts';
import { replaceFile } from '../../cache/replace-file.ts';
import { KconformError } from '../../errors/error.ts';
import type { Reporter, RunEvent } from '../../run/events.ts';
import { eventsOf, Recorder, type RunRecord } from '../../run/results/record.ts';
import { writeHint } from '../../run/results/write-hint.ts';
import type { Comparison } from '../../series/compare.ts';
import { FORMATS, parseChoice, type Render, type ReportChoice } from './formats.ts';
import { comparisonAnnotations, githubAnnotations, guardOutput, type Output } from './github.ts';
import { eventLine } from './jsonl.ts';
import { summary } from './summary.ts';

interface Environment {
  readonly GITHUB_ACTIONS?: string | undefined;
  readonly GITHUB_STEP_SUMMARY?: string | undefined;
}

/** The reports that somebody asked for, by option or by being GitHub Actions. */
export interface Outputs {
  readonly reporters: readonly Reporter[];
  /** Whether a report goes to standard output, so that messages for people go elsewhere. */
  readonly takesStdout: boolean;
}

export interface OutputSettings {
  /** Default: that of this process. */
  readonly environment?: Environment;
  /** What became of the cases of an earlier run, where the run is held against one: annotations are then about that. */
  readonly compare?: ((record: RunRecord) => Comparison) | undefined;
  /** The option that names the reports, for errors. Default: `--report` */
  readonly option?: string;
  /** Tells a person something about the reports. Default: to standard error */
  readonly say?: (message: string) => void;
}

/**
 * @param words FORMAT or FORMAT=FILE each
 * @throws KC_NO_SUCH_FORMAT, KC_TWO_REPORTS (host); the reporters throw KC_REPORT_NOT_WRITTEN (host)
 */
export function outputsFor(
  words: readonly string[],
  stdout: Output,
  { environment = process.env, compare, option = '--report', say = sayToStderr }: OutputSettings = {},
): Outputs {
  const place: Place = { option, say };
  // Resolved at once: a file of an author may change the current folder later.
  const choices = words
    .map((word) => parseChoice(word, option))
    .map((choice) => (choice.file === undefined ? choice : { ...choice, file: resolve(choice.file) }));
  const printed = choices.filter(({ file }) => file === undefined);
  if (printed.length > 1) {
    throw new KconformError(`${printed.map(({ format }) => format).join(' and ')} cannot both go to standard output`, {
      code: 'KC_TWO_REPORTS',
      blame: 'host',
      hint: `send all but one to a file: ${option} FORMAT=FILE`,
    });
  }
  const takesStdout = printed.some(({ format }) => format !== 'github');
  const annotations =
    compare === undefined ? githubAnnotations : (record: RunRecord) => comparisonAnnotations(compare(record));
  const asked = choices.map((choice) => reporterOf(choice, stdout, annotations, place));
  const unasked = ofGithub(choices, takesStdout, stdout, environment, annotations);
  return { reporters: [...asked, ...unasked], takesStdout };
}

/** Writes a run that has ended in each of the formats. */
export async function writeReports(record: RunRecord, { reporters }: Outputs): Promise<void> {
  for (const reporter of reporters) for (const event of eventsOf(record)) await reporter.on(event);
}

function reporterOf({ format, file }: ReportChoice, stdout: Output, annotations: Render, place: Place): Reporter {
  const render = format === 'github' ? annotations : FORMATS[format].render;
  if (render === 'as it goes') return new EventLines(file, stdout, place);
  return new Recorder(async (record) => {
    const text = render(record);
    if (file === undefined) stdout.write(text);
    else await written(file, place, () => writeReport(file, text));
  });
}

/** What the users of GitHub Actions expect without asking. */
function ofGithub(
  choices: readonly ReportChoice[],
  takesStdout: boolean,
  stdout: Output,
  env: Environment,
  annotations: Render,
): Reporter[] {
  const asked = (format: string) => choices.some((choice) => choice.format === format);
  const page = env.GITHUB_STEP_SUMMARY && resolve(env.GITHUB_STEP_SUMMARY);
  return [
    ...(env.GITHUB_ACTIONS === 'true' && !asked('github') && !takesStdout
      ? [githubCommands(stdout, env, annotations)]
      : []),
    ...(page && !asked('summary')
      ? [
          new Recorder(async (record) =>
            written(page, { option: 'GITHUB_STEP_SUMMARY', say: sayToStderr }, () =>
              appendFile(page, `${summary(record)}\n`),
            ),
          ),
        ]
      : []),
  ];
}

/** Keeps commands out of the output from now on, and prints the annotations at the end of the run. */
function githubCommands(stdout: Output, env: Environment, annotations: Render): Reporter {
  const guard = guardOutput(stdout, env);
  return new Recorder(async (record) => guard.end(annotations(record)));
}

class EventLines implements Reporter {
  readonly #file: string | undefined;
  readonly #stdout: Output;
  readonly #place: Place;
  #last: Promise<void> = Promise.resolve();

  constructor(file: string | undefined, stdout: Output, place: Place) {
    this.#file = file;
    this.#stdout = stdout;
    this.#place = place;
  }

  /** Lines follow one another in the order of the events, whoever waits for them. */
  on(event: RunEvent): Promise<void> | void {
    const file = this.#file;
    const line = eventLine(event);
    if (file === undefined) {
      this.#stdout.write(line);
      return;
    }
    const write = event.type === 'run-started' ? writeFile : appendFile;
    this.#last = this.#last.then(() => written(file, this.#place, () => write(file, line)));
    return this.#last;
  }
}

/** Replaces a regular file in one step, through a link that leads to it. Writes to anything else: /dev/null stays what it is. */
async function writeReport(file: string, text: string): Promise<void> {
  const facts = await stat(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (facts !== undefined && !facts.isFile()) return writeFile(file, text);
  await replaceFile(facts === undefined ? file : await realpath(file), (temporary) => writeFile(temporary, text));
}

/** What is said about a report's file. */
type Place = Required<Pick<OutputSettings, 'option' | 'say'>>;

function sayToStderr(message: string): void {
  process.stderr.write(`${message}\n`);
}

async function written(file: string, { option, say }: Place, write: () => Promise<void>): Promise<void> {
  try {
    const folder = dirname(file);
    const isNew = !existsSync(folder);
    await makeFolder(folder);
    // A misspelt path is noticed.
    if (isNew) say(`created the folder ${folder} for a report (${option})`);
    await write();
  } catch (cause) {
    throw new KconformError(`cannot write ${file}: ${cause instanceof Error ? cause.message : cause}`, {
      code: 'KC_REPORT_NOT_WRITTEN',
      blame: 'host',
      hint: writeHint(cause, option, 'a file that can be written'),
      cause,
    });
  }
}
