import { dirname } from 'node:path/posix';
import { chosenAlternatives } from './alternatives.ts';
import type { Contents, Member } from './contents.ts';
import { guestPath } from './guest-paths.ts';

const LINK = 0o120777;

/** Links that every Debian system has, made by the scripts of base-files: iproute2 keeps its namespaces in /var/run/netns. */
const BASE_LINKS = [
  ['etc/mtab', '../proc/self/mounts'],
  ['var/lock', '../run'],
  ['var/run', '../run'],
] as const;

/** What tzdata makes /etc/localtime where nobody has chosen. */
const UTC = 'usr/share/zoneinfo/Etc/UTC';

/** Sorted, so that a folder stands before what is in it, with the links that make the programs found. */
export function arrangeMembers({ members, alternatives }: Pick<Contents, 'members' | 'alternatives'>): Member[] {
  const all = new Map(members);
  const link = (path: string, target: string) => {
    if (!all.has(path)) all.set(path, { path, mode: LINK, uid: 0, gid: 0, content: { kind: 'symlink', target } });
  };
  for (const { link: from, target } of chosenAlternatives(alternatives)) {
    const [path, to] = [guestPath(from), guestPath(target)];
    // An alternative for a page of the manual has no target here.
    if (path !== undefined && to !== undefined && members.has(to)) link(path, `/${to}`);
  }
  for (const [path, target] of BASE_LINKS) link(path, target);
  if (all.has(UTC)) link('etc/localtime', `/${UTC}`);
  for (const [path, text] of pamFiles(all)) {
    if (!all.has(path)) all.set(path, { path, mode: 0o100644, uid: 0, gid: 0, content: { kind: 'text', text } });
  }
  addFolders(all);
  return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The files that pam-auth-update(8) writes when libpam-runtime is installed; su, login and others include them. Accounts never expire:
 * that of root in the guest has no password and no date.
 */
function pamFiles(members: ReadonlyMap<string, Member>): [string, string][] {
  if (!members.has('usr/lib/x86_64-linux-gnu/security/pam_unix.so')) return [];
  const primary = (type: string, more: string) =>
    `${type}\t[success=1 default=ignore]\tpam_unix.so${more}\n${type}\trequisite\tpam_deny.so\n${type}\trequired\tpam_permit.so\n`;
  const session = 'session\trequired\tpam_unix.so\n';
  return [
    ['etc/pam.d/common-auth', primary('auth', ' nullok')],
    ['etc/pam.d/common-account', 'account\trequired\tpam_permit.so\n'],
    ['etc/pam.d/common-password', primary('password', ' obscure yescrypt')],
    ['etc/pam.d/common-session', session],
    ['etc/pam.d/common-session-noninteractive', session],
  ];
}

/** Folders that a place has in the guest and no package names: `usr/lib/udev` for `lib/udev/rules.d`. */
function addFolders(members: Map<string, Member>): void {
  for (const path of [...members.keys()]) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      if (guestPath(folder) === undefined || members.has(folder)) continue;
      members.set(folder, { path: folder, mode: 0o040755, uid: 0, gid: 0, content: { kind: 'folder' } });
    }
  }
}
