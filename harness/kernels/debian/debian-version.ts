/**
 * Compares versions of Debian packages (deb-version(7)): `6.12.57-1~bpo12+1` is older than `6.12.57-1`, and `6.12.9-1` than
 * `6.12.57-1`. Negative, 0 or positive, as for Array.sort.
 */
export function compareDebianVersions(a: string, b: string): number {
  const left = split(a);
  const right = split(b);
  return (
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const [, epoch = '0', upstream = '', revision = ''] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(version) ?? [];
  return { epoch: Number(epoch), upstream, revision };
}

/** Runs of what is no digit and runs of digits take turns; the first that differs decides. */
function compareParts(a: string, b: string): number {
  const left = runs(a);
  const right = runs(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [one = '', other = ''] = [left[index], right[index]];
    const difference = index % 2 === 0 ? compareLetters(one, other) : Number(one) - Number(other);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The first run has no digits, so it may be empty. */
function runs(part: string): string[] {
  return [/^\D*/.exec(part)?.[0] ?? '', ...(part.replace(/^\D+/, '').match(/\D+|\d+/g) ?? [])];
}

function compareLetters(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = weight(a[index]) - weight(b[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `~` sorts before the end, the end before letters, letters before everything else. */
function weight(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}
