import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KconformError } from '../../errors/error.ts';
import { didYouMean } from '../../errors/nearest.ts';

/** A line of a fragment: an option and its value, null for one that must not be set. */
export interface Setting {
  /** Without CONFIG_. */
  readonly option: string;
  readonly value: string | null;
}

export interface Profile {
  readonly name: string;
  /** All settings, the base's first; a later one of the same option counts. */
  readonly settings: readonly Setting[];
  /** Guests of such a kernel need these. */
  readonly machine: { readonly memoryMiB: number; readonly cpus: number };
  /** The settings are a whole configuration: nothing is added, and what the source does not know is dropped. */
  readonly isWhole?: true;
}

const FOLDER = fileURLToPath(new URL('../../../images/kernels/profiles/', import.meta.url));
const BASE = 'base';

/** Names that --profile takes. */
export async function profileNames(folder = FOLDER): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.config'));
  return files
    .map((file) => file.slice(0, -'.config'.length))
    .filter((name) => name !== BASE)
    .sort();
}

/** @throws KC_NO_SUCH_PROFILE with the names there are */
export async function loadProfile(name: string, folder = FOLDER): Promise<Profile> {
  const names = await profileNames(folder);
  if (!names.includes(name)) throw noSuchProfile(name, names);
  const [base, own] = await Promise.all([BASE, name].map((part) => readFile(join(folder, `${part}.config`), 'utf8')));
  const settings = new Map<string, Setting>();
  for (const setting of parseFragment(`${base}\n${own}`)) settings.set(setting.option, setting);
  settings.set('LOCALVERSION', { option: 'LOCALVERSION', value: `"+${name}"` });
  return { name, settings: [...settings.values()], machine: machineOf(own ?? '') };
}

/**
 * A configuration of the user's own, as the kernel's .config.
 * @throws KC_NO_SUCH_PROFILE for a file that is none
 */
export async function profileOfConfig(file: string): Promise<Profile> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const settings = parseFragment(text);
  if (settings.length === 0) {
    throw new KconformError(`${file} is no configuration of a kernel`, {
      code: 'KC_NO_SUCH_PROFILE',
      blame: 'host',
      hint: 'name a .config, or /boot/config-RELEASE',
    });
  }
  const name = `config-${createHash('sha256').update(printFragment(settings)).digest('hex').slice(0, 8)}`;
  return { name, settings, machine: { memoryMiB: 512, cpus: 1 }, isWhole: true };
}

export function noSuchProfile(name: string, names: readonly string[]): KconformError {
  const list = `profiles are ${names.join(', ')}`;
  const guess = didYouMean(name, names);
  return new KconformError(`no such profile "${name}"`, {
    code: 'KC_NO_SUCH_PROFILE',
    blame: 'host',
    hint: guess === undefined ? `the ${list}` : `${guess} The ${list}`,
  });
}

/** `# guest: memory 512 MiB, 2 CPUs` in a fragment. */
function machineOf(text: string): Profile['machine'] {
  const [, memory, cpus] = /^# guest: memory (\d+) MiB, (\d+) CPUs?$/m.exec(text) ?? [];
  return { memoryMiB: Number(memory ?? 256), cpus: Number(cpus ?? 1) };
}

/** Reads lines `CONFIG_X=value` and `# CONFIG_X is not set`; a remark may follow after `#`. */
export function parseFragment(text: string): Setting[] {
  const settings: Setting[] = [];
  for (const line of text.split('\n')) {
    const set = /^CONFIG_(\w+)=("[^"]*"|[^\s#]+)/.exec(line);
    const unset = /^# CONFIG_(\w+) is not set\b/.exec(line);
    if (set?.[1] !== undefined && set[2] !== undefined) settings.push({ option: set[1], value: set[2] });
    else if (unset?.[1] !== undefined) settings.push({ option: unset[1], value: null });
  }
  return settings;
}

/** A fragment as the kernel's configuration reads it. */
export function printFragment(settings: readonly Setting[]): string {
  return settings
    .map(({ option, value }) => (value === null ? `# CONFIG_${option} is not set\n` : `CONFIG_${option}=${value}\n`))
    .join('');
}

/**
 * Checks that the kernel's configuration kept every setting: what an option depends on may be missing, and it goes without a word.
 * @param config the text of .config
 * @throws KC_CONFIG_DROPPED with the options
 */
export function checkConfig(config: string, settings: readonly Setting[], profile: string): void {
  const actual = new Map(parseFragment(config).map(({ option, value }) => [option, value]));
  const dropped = settings.filter(({ option, value }) => (actual.get(option) ?? null) !== value);
  if (dropped.length === 0) return;
  const list = dropped.map(
    ({ option, value }) => `CONFIG_${option}=${value ?? 'n'} (is ${actual.get(option) ?? 'not set'})`,
  );
  throw new KconformError(`the kernel's configuration drops options of profile ${profile}: ${list.join(', ')}`, {
    code: 'KC_CONFIG_DROPPED',
    blame: 'case',
    hint: 'an option that these depend on is missing in this source, or in the profile; search for it in `make menuconfig`',
  });
}
