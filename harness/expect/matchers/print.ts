import { errnoName } from './errno.ts';
import { isMatcher, type Matcher } from './matchers.ts';

/** What stands in a diff where nothing was observed, or nothing expected. */
export const nothing = '(nothing)';

/** An expected or observed value on one line, as an author would write it; `path` tells errnos and file modes from counts. */
export function print(value: unknown, path = ''): string {
  if (isMatcher(value)) return describe(value, path);
  if (value === undefined) return nothing;
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return printNumber(value, path);
  if (Array.isArray(value)) return `[${value.map((element) => print(element, path)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, part]) => `${key}: ${print(part, key)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** A matcher in words: `at least 3`, `EPERM or EACCES`. */
export function describe(matcher: Matcher<unknown>, path = ''): string {
  switch (matcher.$matcher) {
    case 'anyOf':
      return matcher.$with.length === 0
        ? 'any of no values'
        : matcher.$with.map((value) => print(value, path)).join(' or ');
    case 'not':
      return `not ${print(matcher.$with, path)}`;
    case 'absent':
      return nothing;
    case 'matching':
      return `matching /${matcher.$with.source}/${matcher.$with.flags}`;
    case 'containing':
      return `containing ${quote(matcher.$with)}`;
    case 'including':
      return `including ${matcher.$with.map((value) => print(value, path)).join(', ')}`;
    case 'atLeast':
      return `at least ${printNumber(matcher.$with, path)}`;
    case 'atMost':
      return `at most ${printNumber(matcher.$with, path)}`;
    case 'between':
      return `${printNumber(matcher.$with[0], path)} to ${printNumber(matcher.$with[1], path)}`;
    case 'byVersion':
      return Object.entries(matcher.$with)
        .map(([version, value]) => `${print(value, path)} since ${version}`)
        .join(', ');
    case 'byConfig': {
      const { option, set, unset } = matcher.$with;
      return `${print(set, path)} with CONFIG_${option}, ${print(unset, path)} without`;
    }
  }
}

function printNumber(value: number, path: string): string {
  const name = /([^.[\]]+)(?:\[\d+\])*$/.exec(path)?.[1] ?? '';
  if (Number.isInteger(value) && value >= 0 && /^mode$/i.test(name)) return `0o${value.toString(8)}`;
  const errno = value !== 0 && /errno$/i.test(name) ? errnoName(value) : undefined;
  return errno === undefined ? String(value) : `${value} (${errno})`;
}

function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return `'${escaped.replaceAll("'", "\\'")}'`;
}
