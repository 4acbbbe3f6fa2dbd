import { existsSync } from 'node:fs';
import { rm, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cachePath, publishFile } from '../../cache/folder.ts';
import { readSealed, writeSealed } from '../../cache/sealed-file.ts';
import {
  decodeOutcome,
  encodeOutcome,
  type KeptBoot,
  type KeptOutcome,
  StoredBoot,
  StoredOutcome,
} from './kept-outcome.ts';

/** Where an outcome is kept: a folder for each template, so that those of one kernel and machine are given up together. */
export interface OutcomePlace {
  readonly guest: string;
  readonly key: string;
}

/** The outcomes that the cache keeps. A file that is damaged is no file. */
export const outcomes = {
  async read({ guest, key }: OutcomePlace): Promise<KeptOutcome | undefined> {
    const stored = await readSealed(pathOf(guest, key), key, StoredOutcome);
    return stored === undefined ? undefined : decodeOutcome(stored);
  },

  async write({ guest, key }: OutcomePlace, kept: KeptOutcome): Promise<void> {
    await writeSealed(pathOf(guest, key), key, encodeOutcome(kept));
  },

  async remove({ guest, key }: OutcomePlace): Promise<void> {
    await rm(pathOf(guest, key), { force: true });
  },

  readBoot(guest: string): Promise<KeptBoot | undefined> {
    return readSealed(pathOf(guest, BOOT), `${guest} ${BOOT}`, StoredBoot);
  },

  async writeBoot(guest: string, kept: KeptBoot): Promise<void> {
    await writeSealed(pathOf(guest, BOOT), `${guest} ${BOOT}`, kept);
  },

  /** What was used longest ago is given up first. */
  async markUse(guest: string): Promise<void> {
    const now = new Date();
    await utimes(dirname(pathOf(guest, BOOT)), now, now).catch(() => undefined); // a read-only cache
  },
};

/** Cases that had another verdict when they were repeated. Whatever such a file holds, it is there. */
export const unstableCases = {
  has: (key: string) => existsSync(unstablePath(key)),

  async add(key: string, about: string): Promise<void> {
    await publishFile(unstablePath(key), (to) => writeFile(to, `${about}\n`));
  },
};

const BOOT = 'boot';

function pathOf(guest: string, name: string): string {
  return cachePath('outcomes', guest, `${name}.json`);
}

function unstablePath(key: string): string {
  return cachePath('unstable', key);
}
