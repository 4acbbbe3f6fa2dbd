/**
 * busybox's shell and its programs that start others (env, xargs, timeout) prefer busybox's own programs, its applets, to what PATH
 * has (FEATURE_SH_STANDALONE and FEATURE_PREFER_APPLETS, which Debian turns on). There is no switch for that at run time. So that
 * the `ip` of a package is found, the guest's busybox gets another name for that applet, which nobody types.
 *
 * The names stand in one table, sorted, each ended by a NUL; find_applet_by_name() (libbb/appletlib.c) compares them byte by byte, and
 * starts at one of eight places in it that are known by their names. A name at such a place must keep its rank, or others are
 * missed: what comes of a change is tried before it is used.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { scratchFolder } from '../../cache/scratch-folder.ts';
import { KconformError } from '../../errors/error.ts';

/** Scenarios keep busybox's shell, also if a package has one. */
const SHELLS = ['ash', 'busybox', 'sh'];
/** Applets that no scenario needs; one of them may lose a letter to a neighbour that needs one more to keep its rank. */
const DISPENSABLE = [
  'cttyhack',
  'dpkg',
  'freeramdisk',
  'init',
  'ipneigh',
  'linuxrc',
  'microcom',
  'rpm',
  'run-init',
  'svc',
  'ubirename',
];
/** In the place of a letter; less than any letter. */
const UNTYPED = '\x01';
const GREATEST = '\x7f';

export interface HiddenApplets {
  /** busybox with other names for these applets. */
  readonly bytes: Buffer;
  /** Applets that cannot be called any more. */
  readonly hidden: ReadonlySet<string>;
}

/**
 * Hides applets, so that programs of the same name in PATH are run.
 * @param busybox the program
 * @param applets what `busybox --list` prints
 * @param programs names of programs that are to be found instead; those that are no applet count for nothing
 * @throws KC_BUSYBOX (host)
 */
export async function hideApplets(
  busybox: Buffer,
  applets: readonly string[],
  programs: readonly string[],
): Promise<HiddenApplets> {
  const names = applets.filter((name) => programs.includes(name) && !SHELLS.includes(name));
  if (names.length === 0) return { bytes: busybox, hidden: new Set() };
  const scratch = scratchFolder('kconform-busybox-');
  try {
    const table = new AppletTable(busybox, applets, scratch);
    await table.hideAll(names);
    await table.check();
    return { bytes: table.bytes(), hidden: new Set([...names, ...table.lost]) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

class AppletTable {
  readonly lost = new Set<string>();
  readonly #busybox: Buffer;
  readonly #applets: readonly string[];
  readonly #start: number;
  readonly #scratch: string;
  #names: readonly string[];
  readonly #hidden = new Set<string>();

  constructor(busybox: Buffer, applets: readonly string[], scratch: string) {
    const table = encode(applets);
    this.#busybox = busybox;
    this.#applets = applets;
    this.#names = applets;
    this.#scratch = scratch;
    this.#start = busybox.indexOf(table);
    if (this.#start < 0 || busybox.indexOf(table, this.#start + 1) >= 0) {
      throw unusable('the table of its programs is not where it was in busybox 1.35 to 1.37');
    }
  }

  bytes(names = this.#names): Buffer {
    const changed = Buffer.from(this.#busybox);
    encode(names).copy(changed, this.#start);
    return changed;
  }

  /** All at once, or in halves where one of them needs more. */
  async hideAll(names: readonly string[]): Promise<void> {
    for (const name of names) this.#hidden.add(name);
    const at = names.map((name) => this.#applets.indexOf(name));
    if (await this.#rename(at.map((index) => [index, `${this.#names[index]?.slice(0, -1) ?? ''}${UNTYPED}`]))) return;
    const [only = ''] = names;
    if (names.length === 1) return this.#hideOne(only);
    await this.hideAll(names.slice(0, names.length / 2));
    await this.hideAll(names.slice(names.length / 2));
  }

  async #hideOne(name: string): Promise<void> {
    const at = this.#applets.indexOf(name);
    const short = this.#names[at]?.slice(0, -1) ?? '';
    if (await this.#rename([[at, short + GREATEST]])) return;
    for (let next = at + 1; next < this.#applets.length; next++) {
      const neighbour = this.#applets[next] ?? '';
      if (!this.#hidden.has(neighbour) && !DISPENSABLE.includes(neighbour)) continue;
      const shorter = `${this.#names[next]?.slice(0, -2) ?? ''}${UNTYPED}`;
      if (
        !(await this.#rename(
          [
            [at, name + UNTYPED],
            [next, shorter],
          ],
          neighbour,
        ))
      )
        continue;
      this.lost.add(neighbour);
      return;
    }
    throw unusable(`its program "${name}" cannot be hidden from its shell`);
  }

  /** Whether the applets that are to stay are still found. */
  async #rename(changes: readonly (readonly [at: number, name: string])[], without?: string): Promise<boolean> {
    const names = [...this.#names];
    for (const [at, name] of changes) names[at] = name;
    const { missing } = await this.#look(names);
    if (missing.some((name) => !this.#hidden.has(name) && !this.lost.has(name) && name !== without)) return false;
    this.#names = names;
    return true;
  }

  /** @throws KC_BUSYBOX where one that is to be hidden is found, and is no builtin of the shell */
  async check(): Promise<void> {
    const { missing, builtin } = await this.#look(this.#names);
    const found = [...this.#hidden].filter((name) => !missing.includes(name) && !builtin.includes(name));
    if (found.length > 0) throw unusable(`its programs ${found.join(', ')} cannot be hidden from its shell`);
  }

  /** What a shell with this table finds of the applets. */
  async #look(names: readonly string[]): Promise<{ missing: string[]; builtin: string[] }> {
    // busybox wants its own name. A file of its own each time: one that was just run may be busy (ETXTBSY).
    const path = join(await mkdtemp(join(this.#scratch, 'try-')), 'busybox');
    await writeFile(path, this.bytes(names), { mode: 0o700 });
    const script = 'for name; do echo "$(type "$name" 2>&1)"; done';
    const options = { env: { PATH: '/nonexistent' }, extendEnv: false } as const;
    const { stdout } = await execa(path, ['sh', '-c', script, 'sh', ...this.#applets], options);
    const answers = stdout.split('\n');
    const which = (words: RegExp) => this.#applets.filter((_, index) => words.test(answers[index] ?? ''));
    return { missing: which(/: not found$/), builtin: which(/ is a (special )?shell (builtin|keyword)$/) };
  }
}

function encode(names: readonly string[]): Buffer {
  return Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
}

function unusable(why: string): KconformError {
  return new KconformError(`the busybox of this host cannot be used in a guest with packages: ${why}`, {
    code: 'KC_BUSYBOX',
    blame: 'host',
    hint: 'apt-get install busybox-static (of Debian 12 or 13)',
  });
}
