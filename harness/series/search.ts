/** Finds where a behaviour changes over the versions of a kernel, in few looks. */

/** Two of which the state differs, next to each other among what could be judged. */
export interface Neighbours<T> {
  readonly before: T;
  readonly after: T;
  /** What lies between the two, and of which nothing could be said. */
  readonly unknown: readonly T[];
}

/** How a kernel stands, as a word: those with the same word are alike. Undefined where nothing can be said. */
export type State = string | undefined;

export interface SearchSetting {
  /** How many are looked at together. */
  readonly atOnce: number;
  /** How many are looked at between two that are alike: where no change was found, and where one was. */
  readonly samples: { readonly unchanged: number; readonly changed: number };
}

export interface Found<T> {
  /** Where the state changes, oldest first. Empty if all that were looked at are alike. */
  readonly changes: readonly Neighbours<T>[];
  /** What was looked at, in order, with the last word about it. */
  readonly seen: readonly { readonly item: T; readonly state: State }[];
}

/** What is asked of an item: `again` where an answer rests on it. */
export type Look<T> = (items: readonly T[], again: boolean) => Promise<readonly State[]>;

/** So many ends without a state are passed over on each side before the middle is looked at. */
const ENDS = 4;
/** So many in all are looked at before it is given up that any has a state. */
const HOPELESS = 10;

/**
 * Looks at both ends, halves each stretch whose ends differ, and takes samples where they are alike, since a behaviour may come and go.
 * What a change rests on is looked at once more at the end.
 * @param items in order
 * @param signal ends the search with what is known
 */
export async function search<T>(
  items: readonly T[],
  look: Look<T>,
  { atOnce, samples }: SearchSetting,
  signal: AbortSignal,
): Promise<Found<T>> {
  const states = new Map<number, State>();
  const confirmed = new Set<number>();
  let sampled = 0;
  const ask = async (indices: readonly number[], again = false) => {
    const found = await look(
      indices.map((index) => at(items, index)),
      again,
    );
    for (const [place, index] of indices.entries()) states.set(index, found[place]);
  };
  while (!signal.aborted) {
    const next = endsToTry(items.length, states) ?? insideChanges(states, atOnce);
    if (next.length > 0) {
      await ask(next);
      continue;
    }
    const changes = changesOf(states);
    const sample =
      sampled < (changes.length === 0 ? samples.unchanged : samples.changed) ? widestGap(states) : undefined;
    if (sample !== undefined) {
      sampled++;
      await ask([sample]);
      continue;
    }
    const doubtful = [...new Set(changes.flat())].filter((index) => !confirmed.has(index));
    if (doubtful.length === 0) break;
    for (const index of doubtful) confirmed.add(index);
    await ask(doubtful, true);
  }
  const order = [...states].sort(([a], [b]) => a - b);
  return {
    seen: order.map(([index, state]) => ({ item: at(items, index), state })),
    changes: changesOf(states).map(([before, after]) => ({
      before: at(items, before),
      after: at(items, after),
      unknown: order.filter(([index]) => index > before && index < after).map(([index]) => at(items, index)),
    })),
  };
}

/** The next ends to look at: both, then inwards from one that has no state, then the middle. Undefined when they are settled. */
function endsToTry(count: number, states: ReadonlyMap<number, State>): readonly number[] | undefined {
  const indices = Array.from({ length: count }, (_, index) => index);
  const oldest = nextFrom(indices.slice(0, ENDS), states);
  const newest = nextFrom(indices.slice(-ENDS).reverse(), states);
  const ends = [...new Set([oldest, newest].filter((index) => index !== undefined))];
  if (ends.length > 0) return ends;
  if (known(states).length > 0 || states.size >= HOPELESS) return undefined;
  const middle = nearest(
    indices.filter((index) => !states.has(index)),
    (count - 1) / 2,
  );
  return middle === undefined ? undefined : [middle];
}

/** The first that was not looked at, unless one before it has a state. */
function nextFrom(indices: readonly number[], states: ReadonlyMap<number, State>): number | undefined {
  for (const index of indices) {
    if (!states.has(index)) return index;
    if (states.get(index) !== undefined) return undefined;
  }
  return undefined;
}

/** Indices that divide the stretches whose ends differ. */
function insideChanges(states: ReadonlyMap<number, State>, atOnce: number): number[] {
  const chosen: number[] = [];
  for (const [before, after] of changesOf(states)) {
    const left = between(before, after).filter((index) => !states.has(index));
    const parts = Math.max(1, atOnce - chosen.length) + 1;
    for (let part = 1; part < parts && chosen.length < atOnce; part++) {
      const place = before + ((after - before) * part) / parts;
      const found = nearest(
        left.filter((index) => !chosen.includes(index)),
        place,
      );
      if (found !== undefined) chosen.push(found);
    }
  }
  return chosen;
}

/** The middle of what was not looked at between two neighbours that are alike. */
function widestGap(states: ReadonlyMap<number, State>): number | undefined {
  const indices = known(states);
  const gaps = indices
    .slice(1)
    .map((after, place) => between(indices[place] ?? after, after).filter((index) => !states.has(index)))
    .sort((a, b) => b.length - a.length);
  const [widest = []] = gaps;
  return widest[Math.floor(widest.length / 2)];
}

function changesOf(states: ReadonlyMap<number, State>): [number, number][] {
  const indices = known(states);
  return indices.slice(1).flatMap((after, place): [number, number][] => {
    const before = indices[place];
    return before === undefined || states.get(before) === states.get(after) ? [] : [[before, after]];
  });
}

function known(states: ReadonlyMap<number, State>): number[] {
  return [...states].flatMap(([index, state]) => (state === undefined ? [] : [index])).sort((a, b) => a - b);
}

function between(before: number, after: number): number[] {
  return Array.from({ length: Math.max(0, after - before - 1) }, (_, offset) => before + 1 + offset);
}

function nearest(indices: readonly number[], place: number): number | undefined {
  return [...indices].sort((a, b) => Math.abs(a - place) - Math.abs(b - place) || a - b)[0];
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`${index} of ${items.length}`);
  return item;
}
