import { KconformError } from '../../errors/error.ts';
import type { RunRecord } from '../../run/results/record.ts';
import { githubAnnotations } from './github.ts';
import { html } from './html/html.ts';
import { junit } from './junit.ts';
import { kcidb } from './kcidb.ts';
import { ktap } from './ktap.ts';
import { summary } from './summary.ts';
import { tap } from './tap.ts';

/** Writes a whole run down. */
export type Render = (record: RunRecord) => string;

/** Every format there is, with how it is said what it is for. */
export const FORMATS = {
  ktap: { about: 'KTAP version 1, kernels, cases and observations nested', render: ktap },
  tap: { about: 'TAP version 13 without nesting: subtests and cases, a line each', render: tap },
  junit: { about: 'JUnit XML', render: (record) => junit(record) },
  html: { about: 'one file for a browser: the matrix, differences, consoles', render: html },
  github: { about: "GitHub Actions' annotations", render: githubAnnotations },
  summary: { about: "a page of Markdown: GitHub's step summary", render: summary },
  kcidb: { about: 'KCIDB JSON, I/O schema 5.3 (KCIDB_ORIGIN names the submitter)', render: kcidbOfEnvironment },
  jsonl: { about: 'events as they happen, one line of JSON each', render: 'as it goes' },
} as const satisfies Record<string, { readonly about: string; readonly render: Render | 'as it goes' }>;

export type FormatName = keyof typeof FORMATS;

/** What `--report FORMAT[=FILE]` asks for; without a file it goes to standard output. */
export interface ReportChoice {
  readonly format: FormatName;
  readonly file?: string;
}

/**
 * @param option that the words belong to, for the error
 * @throws KC_NO_SUCH_FORMAT (host)
 */
export function parseChoice(words: string, option = '--report'): ReportChoice {
  const [format = '', ...file] = words.split('=');
  if (!isFormat(format) || (file.length > 0 && file.join('=') === '')) {
    throw new KconformError(`${option} ${words}: unknown report format`, {
      code: 'KC_NO_SUCH_FORMAT',
      blame: 'host',
      hint: `FORMAT or FORMAT=FILE, of ${Object.keys(FORMATS).join(', ')}`,
    });
  }
  return file.length === 0 ? { format } : { format, file: file.join('=') };
}

function isFormat(word: string): word is FormatName {
  return Object.hasOwn(FORMATS, word);
}

/** @throws KC_KCIDB_ORIGIN (host) */
function kcidbOfEnvironment(record: RunRecord): string {
  const origin = process.env.KCIDB_ORIGIN ?? 'kconform';
  if (/^[a-z0-9_]+$/.test(origin)) return kcidb(record, origin);
  throw new KconformError(`KCIDB_ORIGIN is ${JSON.stringify(origin)}, which is not a valid KCIDB origin`, {
    code: 'KC_KCIDB_ORIGIN',
    blame: 'host',
    hint: 'use lower-case letters, digits and _, as agreed with the operators of the database',
  });
}
