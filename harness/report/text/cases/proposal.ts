import { inspect, isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../../expect/matchers/matches.ts';
import type { OracleReports, Splat } from '../../../expect/outcome.ts';
import { DEFAULT_MACHINE, type Machine } from '../../../machine/machine.ts';
import { type Generalised, generalise } from './generalise.ts';

export interface Proposal {
  /** True for TypeScript, whose observations have types. */
  readonly typed: boolean;
  /** The kernel that was looked at. */
  readonly version: string;
  /** What the options asked of the machine: a comment of the scenario stays where it is. */
  readonly machine?: Machine;
  /** The program that was run; undefined for a scenario. */
  readonly program?: object | undefined;
  /** What two runs observed, in guests that differ in whatever no case may expect: where they differ, no value is proposed. */
  readonly first: unknown;
  readonly second: unknown;
  /** The splat that the report quotes. */
  readonly quoted?: Pick<Splat, 'kind' | 'title' | 'fingerprint'> | undefined;
  /** What the oracles saw in both. */
  readonly splats: OracleReports['splats'];
}

export interface Proposed {
  /** The text of expect.ts. */
  readonly text: string;
  /** Paths of observations that it leaves out, as nothing can be said of them. */
  readonly leftOut: readonly string[];
}

/** Where a value stands. */
interface Place {
  readonly path: string;
  /** Of the member, which tells file modes from counts. */
  readonly name: string;
  readonly indent: string;
  readonly notes: Notes;
}

/** What comes up on the way. */
interface Notes {
  readonly version: string;
  readonly matchers: Set<string>;
  readonly leftOut: string[];
}

/** An expect.ts that holds a kernel to what was observed, with a place for the reason of each value. */
export function proposeExpectation({
  typed,
  version,
  machine = DEFAULT_MACHINE,
  program,
  first,
  second,
  quoted,
  splats,
}: Proposal): Proposed {
  const notes: Notes = { version, matchers: new Set(), leftOut: [] };
  const outcome = isRecord(first) ? first : {};
  const lines = members(outcome, second, { path: '', name: '', indent: '  ', notes });
  const text = [
    `import { ${['expectation', ...notes.matchers].sort().join(', ')} } from 'kconform';`,
    ...(typed ? ["import type scenario from './scenario.ts';"] : []),
    '',
    `// Proposed from the values observed on ${version}. They are not yet the correct values: compare each with its source, say why`,
    '// it is right, and remove this note.',
    `export default expectation${typed ? '<typeof scenario>' : ''}({`,
    "  about: 'TODO: the behaviour that the case tests, in one line',",
    "  commit: 'TODO',",
    ...fieldLine('machine', machine),
    ...fieldLine('program', program ?? {}),
    ...knownBug(splats),
    ...(splats.length === 0 && quoted !== undefined ? quotedBug(quoted) : []),
    '  outcome: {',
    ...lines,
    '  },',
    '});',
  ].join('\n');
  return { text: `${text}\n`, leftOut: notes.leftOut };
}

/** `  machine: { cpus: 2 },`; nothing for an empty value. */
function fieldLine(field: string, value: object): string[] {
  const members = Object.entries(value).map(
    ([name, member]) => `${name}: ${inspect(member, { breakLength: Number.POSITIVE_INFINITY, depth: null })}`,
  );
  return members.length === 0 ? [] : [`  ${field}: { ${members.join(', ')} },`];
}

/** What the oracles saw is taken for a bug: a case that expects it would pass where it is. */
function knownBug(splats: Proposal['splats']): string[] {
  if (splats.length === 0) return [];
  const seen = splats.map(({ kind, title }) => `        { kind: ${quote(kind)}, title: ${quote(title)} },`);
  return [
    '  knownBugs: [',
    '    {',
    "      title: 'TODO: what the bug does',",
    '      fix: null,',
    '      fixedIn: [],',
    '      instead: {},',
    '      splats: [',
    ...new Set(seen),
    '      ],',
    '    },',
    '  ],',
  ];
}

/** The kernel that was looked at did not show it: it is left to the author on which kernels the bug is. */
function quotedBug({ kind, title, fingerprint: [frame] }: NonNullable<Proposal['quoted']>): string[] {
  const where = frame === undefined ? `title: ${quote(title)}` : `frame: ${quote(frame)}`;
  return [
    '  // The report quotes a splat, which this kernel did not print. For kernels without the fix:',
    '  // knownBugs: [',
    '  //   {',
    `  //     title: 'TODO: what the bug does',`,
    `  //     fix: 'TODO: the title of the commit',`,
    `  //     fixedIn: ['TODO: 6.12.N'],`,
    '  //     instead: {},',
    `  //     splats: [{ kind: ${quote(kind)}, ${where} }],`,
    '  //   },',
    '  // ],',
  ];
}

/** The members of an object, a line or more each, and before each value the place for its reason. */
function members(first: object, second: unknown, { path, indent, notes }: Place): string[] {
  const inner = `${indent}  `;
  return Object.entries(first).flatMap(([name, value]) => {
    const place = { path: path === '' ? name : `${path}.${name}`, name, indent: inner, notes };
    const other = own(second, name);
    if (isRecord(value) && isRecord(other) && Object.keys(value).length > 0 && sameNames(value, other)) {
      return [`${inner}${property(name)}: {`, ...members(value, other, place), `${inner}},`];
    }
    const text = literal(value, other, place);
    if (text !== undefined) return [`${inner}// why:${text.note}`, `${inner}${property(name)}: ${text.code},`];
    notes.leftOut.push(place.path);
    const both = `${comment(value)} and ${comment(other)}`;
    return [`${inner}// ${name} is left out: two runs showed ${both}; observe a value that does not vary`];
  });
}

interface Literal {
  readonly code: string;
  /** What an author must know of it; begins with a space. */
  readonly note: string;
}

/** undefined where the runs differ too much for any matcher. */
function literal(first: unknown, second: unknown, place: Place): Literal | undefined {
  if (isDeepStrictEqual(first, second)) {
    const ofOneKernel = typeof first === 'string' && first.includes(place.notes.version);
    return {
      code: written(first, place.name, place.indent),
      note: ofOneKernel ? ' (it contains the version of the kernel)' : '',
    };
  }
  const general = generalise(first, second);
  if (general !== undefined) return { code: matcher(general, place), note: note(first, second) };
  if (!Array.isArray(first) || !Array.isArray(second) || first.length !== second.length) return undefined;
  const elements = first.map((value, index) => literal(value, second[index], place));
  const codes = elements.flatMap((element) => (element === undefined ? [] : [element.code]));
  if (codes.length < elements.length) return undefined;
  return { code: list(codes, place.indent), note: note(first, second) };
}

function matcher({ name, argument }: Generalised, { notes }: Place): string {
  notes.matchers.add(name);
  return `${name}(${argument})`;
}

function note(first: unknown, second: unknown): string {
  return ` (two runs showed ${comment(first)} and ${comment(second)})`;
}

function written(value: unknown, name: string, indent: string): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' && /^mode$/i.test(name) && value >= 0) return `0o${value.toString(8)}`;
  if (Array.isArray(value)) {
    return list(
      value.map((element) => written(element, name, `${indent}  `)),
      indent,
    );
  }
  if (!isRecord(value)) return String(value);
  const parts = Object.entries(value).map(([key, part]) => `${property(key)}: ${written(part, key, `${indent}  `)}`);
  return parts.length === 0 ? '{}' : wrap('{ ', parts, ' }', indent);
}

function list(elements: readonly string[], indent: string): string {
  return wrap('[', elements, ']', indent);
}

/** On one line where it is short. */
function wrap(open: string, parts: readonly string[], close: string, indent: string): string {
  const line = `${open}${parts.join(', ')}${close}`;
  if (!line.includes('\n') && line.length + indent.length < 90) return line;
  return `${open.trim()}\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}${close.trim()}`;
}

function sameNames(one: object, other: object): boolean {
  return isDeepStrictEqual(Object.keys(one), Object.keys(other));
}

function own(tree: unknown, name: string): unknown {
  return isRecord(tree) && Object.hasOwn(tree, name) ? tree[name] : undefined;
}

function comment(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function property(name: string): string {
  if (name === '__proto__') return "['__proto__']"; // any other way of writing it sets the prototype
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
