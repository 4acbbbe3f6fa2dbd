import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** To whom a mail goes, as MAINTAINERS of a source has it. */
export interface Addressees {
  /** `Name <name@example.org>`: maintainers. */
  readonly to: readonly string[];
  /** Reviewers and lists. */
  readonly cc: readonly string[];
}

const ENTRY = /^(.+?) \(([^)]*(?:\([^)]*\)[^)]*)*)\)$/;

/**
 * Asks scripts/get_maintainer.pl of a source. Nothing is looked up in git, so that only people who are named in MAINTAINERS are found.
 * @param tree a kernel's source
 * @param files relative to it
 * @returns why there are none, where the script cannot be run or knows nobody
 */
export async function addresseesOf(
  tree: string,
  files: readonly string[],
): Promise<Addressees | { readonly missing: string }> {
  const script = join(tree, 'scripts/get_maintainer.pl');
  if (!existsSync(script)) return { missing: `${tree} has no scripts/get_maintainer.pl` };
  const known = files.filter((file) => existsSync(join(tree, file)));
  if (known.length === 0) return { missing: `${files.join(', ')}: no such file in ${tree}` };
  const words = ['--no-git', '--no-git-fallback', ...known.flatMap((file) => ['-f', file])];
  const result = await execa('perl', [script, ...words], { cwd: tree, reject: false, timeout: 60_000 });
  if (result.exitCode !== 0)
    return { missing: `get_maintainer.pl failed: ${result.stderr.split('\n')[0] || result.shortMessage}` };
  const found = readAddressees(result.stdout);
  return found.to.length + found.cc.length > 0
    ? found
    : { missing: `get_maintainer.pl knows nobody for ${known.join(', ')}` };
}

/** Reads what the script prints: `Name <address> (maintainer:SUBSYSTEM)`, `list@example.org (open list:SUBSYSTEM)`. */
export function readAddressees(text: string): Addressees {
  const to = new Set<string>();
  const cc = new Set<string>();
  for (const line of text.split('\n')) {
    const [, address, role] = ENTRY.exec(line.trim()) ?? [];
    if (address === undefined || role === undefined || !address.includes('@')) continue;
    (/^(maintainer|supporter)\b/.test(role) ? to : cc).add(address);
  }
  return { to: [...to], cc: [...cc].filter((address) => !to.has(address)) };
}
