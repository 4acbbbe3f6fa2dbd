/** Gives each subtest a name of its own: the second of an equal name gets ` (2)`. */
export class Names {
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  /** @param wanted the name of a test with subtests ends with a slash, which stays at the end */
  take(wanted: string): string {
    const [, base = '', slash = ''] = /^(.*?)(\/?)$/s.exec(wanted) ?? [];
    let unique = wanted;
    for (let count = this.#next.get(wanted) ?? 2; this.#taken.has(unique); count++) {
      unique = `${base} (${count})${slash}`;
      this.#next.set(wanted, count + 1);
    }
    this.#taken.add(unique);
    return unique;
  }
}
