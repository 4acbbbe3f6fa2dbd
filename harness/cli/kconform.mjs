#!/usr/bin/env node
// Runs the TypeScript as it is: tsx takes the types away while it is loaded.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
