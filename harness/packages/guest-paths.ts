import { GUEST_FILES, GUEST_FOLDERS } from '../guest/initramfs/initramfs.ts';

/** Folders of documentation, translations and desktops, which no program of a guest needs to work. */
const LEFT_OUT = [
  'usr/share/applications',
  'usr/share/bash-completion',
  'usr/share/bug',
  'usr/share/doc',
  'usr/share/doc-base',
  'usr/share/icons',
  'usr/share/info',
  'usr/share/lintian',
  'usr/share/locale',
  'usr/share/man',
  'usr/share/menu',
  'usr/share/pixmaps',
  'usr/share/zsh',
];

/** Programs of the harness that no package replaces: the shell of scenarios, the SSH server and our own. */
const KEPT = ['agent', 'busybox', 'dropbear', 'dropbearkey', 'observe', 'scenario', 'sh'].map(
  (name) => `usr/bin/${name}`,
);

/** Folders of the root that are links into /usr in a guest with packages (usrmerge). */
const MERGED = /^(bin|sbin|lib|lib64)(?=\/|$)/;

/**
 * The place of a package's member in the guest; undefined for what stays out.
 * @param name as in the package: `./usr/bin/strace`, `./lib/`
 */
export function guestPath(name: string): string | undefined {
  const path = name
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
    .replace(MERGED, 'usr/$1');
  if (path === '' || path === '.' || GUEST_FOLDERS.includes(path) || /^usr\/(bin|sbin|lib|lib64)$/.test(path))
    return undefined;
  if (GUEST_FILES.includes(path) || KEPT.includes(path)) return undefined;
  return LEFT_OUT.some((folder) => path === folder || path.startsWith(`${folder}/`)) ? undefined : path;
}
