#!/usr/bin/env node
// What `npx kconform` runs in a clone of kconform; harness/README.md tells why it is a package of its own.
import '../kconform.mjs';
