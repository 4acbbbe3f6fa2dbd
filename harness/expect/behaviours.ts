/** Something that the subject does and that somebody may rely on, whether or not a case looks at it. */
export interface Behaviour {
  /** Group and name: `mount/owner`. */
  readonly id: string;
  /** What a correct kernel does, in a line. */
  readonly statement: string;
  /** Commits that made or fixed it, if it can be said. */
  readonly commits: readonly string[];
  /** The file of the kernel's source that does it. */
  readonly where: string;
  /** Why no case looks at it, where none can. */
  readonly unobserved?: string;
}

/** What most behaviours of a group have in common. */
interface Common {
  readonly where: string;
  readonly commits?: readonly string[];
}

/** One behaviour of a group: its statement alone, or with what sets it apart. */
type Entry = string | ({ readonly statement: string; readonly unobserved?: string } & Partial<Common>);

/** The behaviours of a group by their names: `behaviours('mount', { where: … }, { owner: '…' })`. */
export function behaviours(group: string, common: Common, entries: Readonly<Record<string, Entry>>): Behaviour[] {
  return Object.entries(entries).map(([name, entry]) => {
    const own = typeof entry === 'string' ? { statement: entry } : entry;
    return { id: `${group}/${name}`, commits: [], ...common, ...own };
  });
}
