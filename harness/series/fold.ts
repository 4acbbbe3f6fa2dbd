/** Neighbours that are alike, together; the order stays. */
export function fold<T>(items: readonly T[], same: (one: T, next: T) => boolean): T[][] {
  const groups: T[][] = [];
  for (const item of items) {
    const last = groups.at(-1);
    const previous = last?.at(-1);
    if (last !== undefined && previous !== undefined && same(previous, item)) last.push(item);
    else groups.push([item]);
  }
  return groups;
}
