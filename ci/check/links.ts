/**
 * Finds links and paths in Markdown files that lead nowhere: relative links, anchors, and paths of this repository in `code`.
 * Part of `npm run check`. Works offline: links to other hosts are not followed.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { glob } from 'zx';

/** What a path in code begins with; others (`out/results.json`) are files of readers. */
const OURS = /^(?:\.ci|cases|ci|docs|harness|images)\/[\w./-]*$/;

/** Where a file of the repository stands, as far as links need it. */
export interface Tree {
  has(path: string): boolean;
  /** The text of a Markdown file. */
  text(path: string): string;
}

/**
 * The faults of one Markdown file, a line each.
 * @param file its path from the root of the repository
 */
export function linkFaults(file: string, tree: Tree): string[] {
  const faults: string[] = [];
  const prose = withoutBlocks(tree.text(file));
  for (const [, target = ''] of withoutCode(prose).matchAll(/\]\(\s*<?([^)>\s]+)/g)) {
    if (/^[a-z][a-z+.-]*:/i.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const to = path === '' ? file : normalize(join(dirname(file), decodeURI(path))).replace(/\/$/, '');
    if (!tree.has(to)) faults.push(`${file}: no file for the link ${target}`);
    else if (anchor !== undefined && !(to.endsWith('.md') && anchorsOf(tree.text(to)).has(anchor)))
      faults.push(`${file}: no heading for the link ${target}`);
  }
  for (const [, code = ''] of prose.matchAll(/`([^`\n]+)`/g)) {
    if (OURS.test(code) && !tree.has(code.replace(/\/$/, ''))) faults.push(`${file}: no file for the path ${code}`);
  }
  return faults;
}

/** The names of the headings as GitHub makes them; a repeated one gets a number. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutBlocks(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const words = heading.replaceAll(/\]\([^)]*\)/g, '').toLowerCase();
    const slug = words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
    let name = slug;
    for (let count = 1; anchors.has(name); count++) name = `${slug}-${count}`;
    anchors.add(name);
  }
  return anchors;
}

/** Blocks of code, fenced or indented after an empty line, are not read. */
function withoutBlocks(text: string): string {
  return text.replaceAll(/^(```|~~~)[\s\S]*?^\1.*$/gm, '').replaceAll(/(?<=^|\n\n)(?: {4}.*\n+)+/g, '\n');
}

function withoutCode(prose: string): string {
  return prose.replaceAll(/`[^`\n]+`/g, '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await glob(['**/*.md', '!**/node_modules/**', '!**/golden/**'], { dot: true });
  const tree: Tree = {
    has: (path) => existsSync(path),
    text: (path) => (statSync(path).isFile() ? readFileSync(path, 'utf8') : ''),
  };
  const faults = files.sort().flatMap((file) => linkFaults(file, tree));
  for (const line of faults) console.error(line);
  if (!files.includes('README.md')) throw new Error('README.md not found: run this in the root of the repository');
  process.exitCode = faults.length > 0 ? 1 : 0;
}
