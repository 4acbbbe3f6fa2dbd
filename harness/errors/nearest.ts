import leven from 'leven';

const SHOWN = 3;
/** Edits for each character of the longer name; beyond it two names are not alike. */
const LIMIT = 0.4;
/** A part of a name is a good guess, but a misspelling is a better one. */
const PART = 0.3;
const SHORTEST_PART = 3;
/** A name that is so much further from the wanted one than the nearest is left out. */
const MARGIN = 0.15;

/** At most three of the names that a misspelt name may mean, the most likely first. */
export function nearestNames(wanted: string, names: Iterable<string>): string[] {
  const scored = [...new Set(names)].map((name) => ({ name, score: distance(wanted, name) }));
  const alike = scored.filter(({ score }) => score <= LIMIT);
  const best = Math.min(...alike.map(({ score }) => score));
  return alike
    .filter(({ score }) => score <= best + MARGIN)
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, SHOWN)
    .map(({ name }) => name);
}

/** `did you mean a, b or c?`; undefined where no name is like the wanted one. */
export function didYouMean(wanted: string, names: Iterable<string>): string | undefined {
  const near = nearestNames(wanted, names);
  const last = near.pop();
  if (last === undefined) return undefined;
  return `did you mean ${near.length === 0 ? last : `${near.join(', ')} or ${last}`}?`;
}

/** The group of a case may be left out or wrong: the last parts of two names are compared too. */
function distance(wanted: string, name: string): number {
  const [own, other] = [lastPart(wanted), lastPart(name)];
  const isPart = own.length >= SHORTEST_PART && (name.includes(own) || own.includes(other));
  return Math.min(relative(wanted, name), relative(own, other), isPart ? PART : Number.POSITIVE_INFINITY);
}

function relative(one: string, other: string): number {
  return leven(one.toLowerCase(), other.toLowerCase()) / Math.max(1, one.length, other.length);
}

function lastPart(name: string): string {
  return name.split('/').at(-1) ?? name;
}
