/** The behaviours of the subject: bpffs, BPF tokens, and the paths of bpf(2) that pin, get and use them. */
import { delegation, privilege, strings } from './delegation.ts';
import { context, mount } from './mount.ts';
import { names } from './names.ts';
import { get, pin, read, unpin } from './pins.ts';
import { memory, quirks, systemCall } from './system-call.ts';
import { lsm, recognised, scope, token, tokenBtf, tokenMap, tokenProgram } from './token.ts';

export default [
  ...[mount, context, delegation, strings, privilege],
  ...[token, scope, tokenMap, tokenProgram, tokenBtf, lsm, recognised],
  ...[unpin, pin, get, read, names, memory, systemCall, quirks],
].flat();
