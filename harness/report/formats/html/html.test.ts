/** The page without a browser; browser.full.test.ts uses it in one. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { recordOf } from '../../sample-run.ts';
import { hostileRun } from '../hostile-run.test-support.ts';
import { html } from './html.ts';

test('it is one file that names no other, and puts no text in as HTML', async () => {
  expect(html(await recordOf())).not.toMatch(/\b(?:src|href)=|@import|url\(/);
  const script = await readFile(new URL('page.mjs', import.meta.url), 'utf8');
  expect(script).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval\(/);
});

test('its policy allows its own script and style, and nothing else', async () => {
  const page = html(await recordOf(hostileRun));
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
  const hashIn = (pattern: RegExp) => {
    const [, text = ''] = pattern.exec(page) ?? [];
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  };
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `style-src ${hashIn(/<style>([\s\S]*?)<\/style>/)}`,
    `script-src ${hashIn(/<script type="module">([\s\S]*?)<\/script>\s*<\/body>/)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
});

test('behind each cell is its result, safe to show', async () => {
  const record = await recordOf(hostileRun);
  const [, packed = ''] = /<script type="text\/plain" id="details">\s*([\s\S]*?)\s*<\/script>/.exec(html(record)) ?? [];
  const details = packed.split('\n').map((text) => inflateRawSync(Buffer.from(text, 'base64')).toString());
  expect(details.map((text) => JSON.parse(text).case)).toEqual(record.cases.map(({ result }) => result.case));
  for (const text of details) expect(text).not.toMatch(/\\u00[01]|[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
});

test('an empty run is a page all the same', async () => {
  const record = await recordOf();
  expect(html({ ...record, state: 'running', cases: [] })).toContain('cut off before the end');
});
