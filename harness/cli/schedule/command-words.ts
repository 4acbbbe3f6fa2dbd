const CHOOSES_SEEDS = ['--search', '--from', '--jobs'];

/** The words of a command that replays with one seed: those that were given, without what chooses several. @param given behind `kconform` */
export function commandWords(given: readonly string[]): string[] {
  const words = ['npx', 'kconform'];
  for (let at = 0; at < given.length; at++) {
    const word = given[at] ?? '';
    if (CHOOSES_SEEDS.includes(word)) at++;
    else if (!CHOOSES_SEEDS.some((name) => word.startsWith(`${name}=`))) words.push(word);
  }
  return words;
}
