import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'OBJ_PIN and OBJ_GET check the permissions of directory and file and no capability; the root is sticky',
  commit: 'b2197755b263',
  source: 'https://git.kernel.org/torvalds/c/b2197755b263',
  behaviours: {
    'get/permission': ['get', 'byRoot'],
    'get/unprivileged': ['get', 'unprivileged'],
    'pin/unprivileged': ['pin', 'owner'],
    'pin/file-mode': ['owner'],
    'names/sticky': ['sticky'],
    'mount/unprivileged': ['mount'],
    'system-call/unprivileged': ['unprivileged'],
    'system-call/read-only-map': ['escalation.updateReadOnly'],
    'quirk/read-only-escalation': ['escalation', 'escalated'],
  },
  outcome: {
    unprivileged: { createMap: 'EPERM' },
    get: {
      mode600: 'EACCES',
      mode600ReadOnly: 'EACCES',
      mode644: 'EACCES',
      mode644ReadOnly: null,
      mode644WriteOnly: 'EACCES',
      mode666: null,
    },
    byRoot: { mode000: null },
    pin: { inStickyRoot: null, inPrivate: 'EACCES', inForeign: 'EACCES' },
    owner: '1000:1000 100600',
    sticky: {
      mkdir: null,
      rmdirOwn: null,
      rmdirForeign: 'EPERM',
      unlinkForeign: 'EPERM',
      renameForeign: 'EPERM',
      unlinkOwn: null,
    },
    escalation: { updateReadOnly: 'EPERM', pin: null, get: null },
    escalated: { update: null },
    mount: { mount: 'EPERM', fsopen: 'EPERM' },
  },
  quirks: [
    {
      title: 'pinning and reopening a read-only descriptor of a map gives a read-write descriptor',
      documented: 'a file descriptor opened with BPF_F_RDONLY grants read access only from the syscall side',
      link: 'https://git.kernel.org/torvalds/c/6e71b04a8224',
      promised: { 'escalated.update': 'EPERM' },
    },
  ],
});
