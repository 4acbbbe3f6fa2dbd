/** How many are listed. */
const LISTED = 40;

/** Tests that the list of a suite has and the suite does not make any more, so that nothing was judged. */
export function printUnbuilt(tests: readonly string[]): string[] {
  if (tests.length === 0) return [];
  const more = tests.length > LISTED ? [`  (${tests.length - LISTED} more)`] : [];
  const title = `in the list of the suite, but not among its tests any more: ${tests.length} (kconform accept --prune drops them)`;
  return [title, ...tests.slice(0, LISTED).map((name) => `  ${name}`), ...more, ''];
}
