import type * as z from 'zod';
import { isRecord } from './matchers/matches.ts';

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  number: 'a number',
};

/** One fault that zod found in `value`, in plain words that begin with the path of the field. */
export function plainIssue(issue: z.core.$ZodIssue, value: unknown): string {
  const path = pathOf(issue.path);
  const found = valueAt(value, issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${pathOf([...issue.path, key])} is an unknown field`).join('; ');
  if (found === undefined) return `${path} is missing`;
  if (issue.code === 'invalid_type') return `${path} must be ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small') return issue.origin === 'number' ? `${path} must be more than 0` : `${path} is empty`;
  if (path === 'expect.ts') return issue.message;
  return issue.message.startsWith('Invalid input') ? `${path} has a wrong value` : `${path}: ${issue.message}`;
}

/** `knownBugs[0].fix` */
function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || 'expect.ts';
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)];
    else at = isRecord(at) ? at[String(key)] : undefined;
  }
  return at;
}
