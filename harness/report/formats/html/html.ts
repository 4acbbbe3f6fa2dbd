import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { namesIn, type RunRecord } from '../../../run/results/record.ts';
import { duration, plain } from '../../text/text.ts';
import { escapeXml } from '../xml.ts';
import { type Detail, detailOf } from './detail.ts';
import { environment } from './environment.ts';
import { filters } from './filters.ts';
import { matrix } from './matrix.ts';
import { arrange } from './places.ts';

const own = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8').trim();

/**
 * One file that holds all: the matrix as plain HTML, and for each of its cells what a reader may open, compressed. The page runs
 * no script and loads no style but its own two, by their hashes, and reaches no network: the output of a guest stays text.
 */
export function html(record: RunRecord): string {
  const style = own('page.css');
  const script = own('page.mjs');
  const places = arrange(record);
  const nameOf = namesIn(record);
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const details = places.cells.map((cell) => packed(detailOf(cell, nameOf)));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(title(record))}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>kconform</h1>
${lead(record)}
</header>
<main>
<noscript><p class="notice">Without scripts, this is the matrix alone: filters and what is behind a cell need them.</p></noscript>
${filters(record)}
${matrix(places)}
<section id="detail" tabindex="-1" aria-label="the chosen result" hidden></section>
${environment(record, places)}
</main>
<footer>Arrow keys, Home and End move in the matrix; Enter opens a cell; Escape goes back to it; n and p go to the next and the
previous result that is not as expected; / goes to the filter.</footer>
<script type="text/plain" id="details">
${details.join('\n')}
</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

function title({ started }: RunRecord): string {
  return `kconform ${started.startedAt.slice(0, 10)}`;
}

function lead({ started, state, durationMs }: RunRecord): string {
  const { host } = started;
  const cutOff = { finished: '', interrupted: 'interrupted before the end', running: 'cut off before the end' }[state];
  const accelerator = { kvm: 'KVM', tcg: 'software emulation' }[host.accelerator] ?? host.accelerator;
  const time = `<time datetime="${escapeXml(started.startedAt)}">${escapeXml(started.startedAt.replace('T', ' ').slice(0, 16))} UTC</time>`;
  return [
    `<p>${time}, ${duration(durationMs)}, ${escapeXml(plain(accelerator))}</p>`,
    ...(cutOff === '' ? [] : [`<p class="notice">The run was ${cutOff}: what is empty here was not judged.</p>`]),
  ].join('\n');
}

function packed(detail: Detail): string {
  return deflateRawSync(JSON.stringify(detail)).toString('base64');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
