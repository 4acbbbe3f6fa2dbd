/** A link that update-alternatives(1) would make, and what it points to; absolute paths. */
export interface Alternative {
  readonly link: string;
  readonly target: string;
  readonly priority: number;
}

/**
 * The links that a maintainer script asks update-alternatives(1) for, where all words are literal: `/usr/bin/awk` for mawk. Links
 * with a variable in them are left out.
 * @param script the text of a postinst
 */
export function alternativesIn(script: string): Alternative[] {
  const found: Alternative[] = [];
  for (const line of script.replaceAll(/\\\n/g, ' ').split('\n')) {
    const words = line.trim().split(/\s+/);
    if (words[0] !== 'update-alternatives') continue;
    const at = words.indexOf('--install');
    if (at < 0) continue;
    const [link = '', , target = '', priority = ''] = words.slice(at + 1);
    const links = [{ link, target, priority: Number(priority) }];
    for (const [index, word] of words.entries()) {
      const [slave = '', , slaveTarget = ''] = words.slice(index + 1);
      if (word === '--slave') links.push({ link: slave, target: slaveTarget, priority: Number(priority) });
    }
    found.push(...links.filter((one) => isPath(one.link) && isPath(one.target) && Number.isFinite(one.priority)));
  }
  return found;
}

/** Of the links of the same name, the one with the highest priority; of equal ones the first. */
export function chosenAlternatives(all: readonly Alternative[]): Alternative[] {
  const chosen = new Map<string, Alternative>();
  for (const one of all) {
    const known = chosen.get(one.link);
    if (known === undefined || one.priority > known.priority) chosen.set(one.link, one);
  }
  return [...chosen.values()];
}

function isPath(word: string): boolean {
  return /^\/[\w./+-]+$/.test(word);
}
