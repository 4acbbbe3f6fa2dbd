#!/usr/bin/env node
// Runs the compiled copy of harness/ (compiled/README.md). The hooks for files of authors are registered when the first one is loaded.
import { register } from 'node:module';
import { compiledCopy } from './compiled/compiled-copy.mjs';

const debug = process.argv.includes('--debug');
if (debug) process.setSourceMapsEnabled(true);
try {
  const copy = await compiledCopy();
  (await import(`${copy}copy.js`)).useCopy(copy);
  const { beforeFirstFile } = await import(`${copy}author-files.js`);
  beforeFirstFile(() => {
    process.setSourceMapsEnabled(true); // errors show the lines of the author's file
    register('./compiled/author-hooks.mjs', import.meta.url, { data: { copy } });
  });
  await import(`${copy}main.js`);
} catch (error) {
  process.stderr.write(`kconform cannot start: ${debug ? error.stack : error.message}\n`);
  const hint = ['EMFILE', 'ENFILE'].includes(error.code)
    ? 'too many open files: raise the limit (ulimit -n 1024)'
    : error.code === 'ENOSPC'
      ? 'the disk is full: free some space'
      : /out of memory|ENOMEM|The service was stopped/i.test(`${error.code} ${error.message}`)
        ? 'out of memory: raise the limit (ulimit -v unlimited), or free some'
        : 'bash ci/setup, in the folder of kconform, installs what it needs';
  process.stderr.write(`  ${hint}\n`);
  // As main.ts: 1 would say that a kernel misbehaves, and 2 that a commit is bad.
  process.exit(process.argv.includes('bisect') && process.argv.some((word) => word.startsWith('--tree')) ? 128 : 2);
}
