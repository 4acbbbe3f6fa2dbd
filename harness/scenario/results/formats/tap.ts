import { Names } from '../names.ts';
import { isFailure, type Reading, type Subtest } from '../results.ts';
import { TapLevel, type TapTest } from './tap-level.ts';
import { resultWithin, type TapLine, type TapResult, tapLine } from './tap-line.ts';

/** How many lines before a result are kept with it. */
const DIAGNOSTICS = 50;

/** What kselftest_harness.h prints before the result of a subtest that crashed. It has lines of its own for assertions and timeouts. */
const CRASH = /: Test terminated unexpectedly by signal (\d+)$/;
/** Tests limit their own time with alarm(2). */
const SIGALRM = '14';

const OPEN_BLOCK = 'a YAML block (---) has no end (...)';

/**
 * Reads KTAP and TAP. Results are nested by indentation, or by `# ` as kselftest's own runner nests them. The lines before a result
 * belong to it.
 *
 * Sources: Documentation/dev-tools/ktap.rst of the kernel, https://testanything.org/tap-version-14-specification.html,
 * tools/testing/selftests/kselftest.h
 */
export function readTap(lines: readonly string[]): Reading {
  const reader = new TapReader();
  for (const line of lines) reader.read(line);
  return reader.end();
}

class TapReader {
  /** From the outermost level to the innermost. */
  readonly #levels: TapLevel[] = [];
  /** Lines since the last result. */
  #pending: string[] = [];
  /** Name of the next deeper level, from `# Subtest: name` above it. */
  #nextName: string | undefined;
  /** The indentation of a YAML block that has begun. */
  #yaml: string | undefined;
  #hasOpenBlock = false;
  #afterResult = false;
  readonly #bailedOut: string[] = [];
  #orphans = 0;

  read(line: string): void {
    if (this.#readYaml(line)) return;
    const { prefix, text } = this.#split(line);
    const said = tapLine(text);
    this.#take(said, prefix, text);
    this.#afterResult = said.kind === 'result';
  }

  /**
   * True for a line of a YAML block. A result ends a block, with its indentation or a smaller one: if the end is missing, the block
   * must not hide failures.
   */
  #readYaml(line: string): boolean {
    const yaml = this.#yaml;
    if (yaml === undefined) return false;
    const inBlock = line.startsWith(yaml);
    if (inBlock && line.trimEnd() === `${yaml}...`) {
      this.#yaml = undefined;
      return true;
    }
    const { kind } = tapLine(inBlock ? line.slice(yaml.length) : this.#split(line).text);
    if (kind === 'text' || (inBlock && kind !== 'result')) {
      if (inBlock) this.#pending.push(line.trim());
      return inBlock;
    }
    this.#endOpenYaml();
    return false;
  }

  #endOpenYaml(): void {
    if (this.#yaml !== undefined) this.#hasOpenBlock = true;
    this.#yaml = undefined;
  }

  /** A line has the `# ` of the innermost level whose `# ` it begins with; further blanks are indentation as well. */
  #split(line: string): { readonly prefix: string; readonly text: string } {
    const opened = /^\s*(?:# )+(?=K?TAP version \d+\s*$)/.exec(line)?.[0];
    const commented = this.#levels.findLast(({ prefix }) => prefix.includes('#') && line.startsWith(prefix))?.prefix;
    const base = opened ?? commented ?? '';
    const blanks = /^[ \t]*/.exec(line.slice(base.length))?.[0] ?? '';
    const prefix = base + blanks;
    return { prefix, text: line.slice(prefix.length) };
  }

  #take(said: TapLine, prefix: string, text: string): void {
    switch (said.kind) {
      case 'version':
        this.#levelAt(prefix).version();
        break;
      case 'plan':
        this.#levelAt(prefix).plan(said.count, said.comment);
        break;
      case 'totals':
        this.#levelAt(prefix).totals(said.totals);
        break;
      case 'subtest':
        this.#nameLevel(prefix, said.name);
        break;
      case 'result':
        this.#addResult(said, prefix);
        break;
      case 'bail-out':
        this.#bailedOut.push(`Bail out! ${said.reason}`.trim());
        break;
      case 'yaml':
        if (this.#afterResult && prefix.length > (this.#levels.at(-1)?.prefix.length ?? 0)) this.#yaml = prefix;
        break;
      case 'text':
        this.#takeText(text);
    }
  }

  #takeText(text: string): void {
    const level = this.#levels.at(-1);
    const hidden = level === undefined || text.startsWith('#') ? undefined : resultWithin(text, level.due);
    if (level !== undefined && hidden !== undefined) {
      this.#addResult(hidden, level.prefix);
      return;
    }
    const line = text.replace(/^#\s?/, '').trimEnd();
    if (line !== '') this.#pending.push(line);
  }

  /** `# Subtest: name` stands inside of its level, or above it. */
  #nameLevel(prefix: string, name: string): void {
    const top = this.#levels.at(-1);
    if (
      top !== undefined &&
      prefix === top.prefix &&
      top.tests.length === 0 &&
      top.name === undefined &&
      this.#levels.length > 1
    ) {
      top.name = name;
    } else if (top === undefined || prefix.length > top.prefix.length) {
      this.#levelAt(prefix).name = name;
    } else {
      this.#nextName = name;
    }
  }

  /** The level with this indentation, for a line that begins one. Deeper ones that have no result above them end here. */
  #levelAt(prefix: string): TapLevel {
    let top = this.#levels.at(-1);
    while (top !== undefined && top.prefix.length > prefix.length) {
      this.#orphan();
      top = this.#levels.at(-1);
    }
    if (top !== undefined && top.prefix.length === prefix.length) return top;
    return this.#open(prefix);
  }

  #open(prefix: string): TapLevel {
    const level = new TapLevel(prefix);
    level.name = this.#nextName;
    this.#nextName = undefined;
    this.#levels.push(level);
    return level;
  }

  #addResult(result: TapResult, prefix: string): void {
    const children: TapTest[] = [];
    const inner: TapLevel[] = [];
    let top = this.#levels.at(-1);
    while (top !== undefined && top.prefix.length > prefix.length) {
      top.end();
      inner.unshift(top);
      this.#levels.pop();
      top = this.#levels.at(-1);
    }
    const level = top !== undefined && top.prefix.length === prefix.length ? top : this.#open(prefix);
    const name = result.name === '' ? `test ${result.number ?? level.due}` : result.name;
    for (const { tests, problems, missing } of inner) {
      for (const test of tests) children.push(test);
      for (const problem of [...problems, ...missing]) level.problems.push(`${name}: ${problem}`);
    }
    if (result.status === 'pass' && children.some(({ status }) => isFailure(status))) {
      level.problems.push(`${name} is ok although a subtest of it failed`);
    }
    const crash = result.status === 'pass' ? undefined : crashAmong(this.#pending);
    if (crash !== undefined) level.problems.push(`${name} ended by signal ${crash}`);
    level.add(result, lastOf(this.#pending), children);
    this.#pending = [];
  }

  /** Ends the innermost level, above which no result follows. */
  #orphan(): void {
    const level = this.#levels.pop();
    if (level === undefined) return;
    level.end();
    const outer = this.#levels.at(-1);
    const about = level.name === undefined ? 'a group of subtests' : `the group ${level.name}`;
    const target = outer ?? this.#open('');
    if (outer !== undefined || this.#orphans > 0) target.problems.push(`${about} has no result of its own`);
    this.#orphans += 1;
    for (const problem of [...level.problems, ...level.missing]) target.problems.push(problem);
    for (const test of named(level)) target.tests.push(test);
  }

  end(): Reading {
    this.#endOpenYaml();
    while (this.#levels.length > 1) this.#orphan();
    const [root = new TapLevel('')] = this.#levels;
    root.end();
    const bailed = this.#bailedOut;
    return {
      subtests: flatten(root.tests),
      problems: [...bailed, ...(this.#hasOpenBlock ? [OPEN_BLOCK] : []), ...root.problems],
      missing: root.missing,
      ...(root.skipped === undefined ? {} : { skipped: root.skipped }),
      ...(root.expectedFailures ? { expectedFailures: true } : {}),
    };
  }
}

/** The tests of a level without a result, under its name if it has one. */
function named({ name, tests }: TapLevel): TapTest[] {
  return name === undefined
    ? tests
    : tests.map((test) => ({ ...test, name: `${name}/${test.name === '' ? `test ${test.due}` : test.name}` }));
}

/** The number of the signal that ended a subtest. */
function crashAmong(lines: readonly string[]): string | undefined {
  const signals = lines.map((line) => CRASH.exec(line)?.[1]);
  return signals.find((signal) => signal !== undefined && signal !== SIGALRM);
}

function lastOf(lines: readonly string[]): readonly string[] {
  const left = lines.length - DIAGNOSTICS;
  return left <= 0 ? lines : [`(${left} earlier lines)`, ...lines.slice(-DIAGNOSTICS)];
}

/** Each test behind those that are nested in it. */
function flatten(tests: readonly TapTest[]): Subtest[] {
  const names = new Names();
  const all: Subtest[] = [];
  const visit = (test: TapTest, above: string) => {
    const { children, number, due, status, comment, diagnostics } = test;
    const base = test.name === '' ? `test ${number ?? due}` : test.name;
    const own = names.take(`${above}${base}${children.length > 0 ? '/' : ''}`);
    for (const child of children) visit(child, own);
    all.push({
      name: own,
      status,
      ...(comment === undefined ? {} : { comment }),
      ...(diagnostics.length === 0 ? {} : { diagnostics }),
    });
  };
  for (const test of tests) visit(test, '');
  return all;
}
