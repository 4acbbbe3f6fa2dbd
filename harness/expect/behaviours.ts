/** Something that the subject does and that users may rely on, whether or not a case observes it. */
export interface Behaviour {
  /** Group and name: `mount/owner`. */
  readonly id: string;
  /** What a correct kernel does, in one line. */
  readonly statement: string;
  /** Commits that introduced or fixed it, if known. */
  readonly commits: readonly string[];
  /** The source file of the kernel that implements it. */
  readonly where: string;
  /** Why no case can observe it. */
  readonly unobserved?: string;
}

/** What most behaviours of a group have in common. */
interface Common {
  readonly where: string;
  readonly commits?: readonly string[];
}

/** One behaviour of a group: its statement alone, or with what sets it apart. */
type Entry = string | ({ readonly statement: string; readonly unobserved?: string } & Partial<Common>);

/** The behaviours of a group, by name: `behaviours('mount', { where: … }, { owner: '…' })`. */
export function behaviours(group: string, common: Common, entries: Readonly<Record<string, Entry>>): Behaviour[] {
  return Object.entries(entries).map(([name, entry]) => {
    const own = typeof entry === 'string' ? { statement: entry } : entry;
    return { id: `${group}/${name}`, commits: [], ...common, ...own };
  });
}
