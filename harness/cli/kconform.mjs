#!/usr/bin/env node
// Runs the TypeScript as it is: tsx takes the types away while it is loaded.
import { register as registerResolution } from 'node:module';
import { register } from 'tsx/esm/api';

register();
registerResolution('./resolution.mjs', import.meta.url);
await import('./main.ts');
