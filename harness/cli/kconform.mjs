#!/usr/bin/env node
// Runs what harness/ is compiled to; files of authors are TypeScript that is taken as it is, once one is wanted.
import { register } from 'node:module';
import { compiledCopy } from './compiled-copy.mjs';

if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true);
const copy = await compiledCopy();
const { beforeFirstFile } = await import(`${copy}author-files.js`);
beforeFirstFile(() => {
  process.setSourceMapsEnabled(true); // an author's error is told with the author's line
  register('./author-hooks.mjs', import.meta.url, { data: { kconform: `${copy}index.js` } });
});
await import(`${copy}main.js`);
