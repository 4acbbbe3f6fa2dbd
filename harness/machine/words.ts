import { KconformError } from '../errors/error.ts';
import { MachineShape } from './faults.ts';
import { type Machine, machineError, mergeMachines } from './machine.ts';

/** A word of options and comments → the fields that its value sets, before they are checked. */
const WORDS: Readonly<Record<string, (value: string) => object>> = {
  cpus: (value) => ({ cpus: Number(value) }),
  memory: (value) => ({ memory: value }),
  module: (value) => ({ modules: [value] }),
  'kernel-parameter': (value) => ({ kernelParameters: [value] }),
  disk: (value) => ({ disks: [value] }),
  net: (value) => ({ net: [value] }),
  package: (value) => ({ packages: [value] }),
  file: (value) => ({ files: [value] }),
  schedule: (value) => ({ schedule: value === '' ? Number.NaN : Number(value) }),
};

/**
 * What a word with its value asks for: `cpus`, `2`.
 * @throws KC_MACHINE (case)
 */
export function readWord(word: string, value: string): Machine {
  const fields = WORDS[word]?.(value);
  if (fields === undefined) throw machineError(`unknown word "${word}"`, `known: ${Object.keys(WORDS).join(', ')}`);
  const { data, error } = MachineShape.safeParse(fields);
  if (data !== undefined) return data;
  throw machineError(error.issues[0]?.message ?? 'wrong value', 'docs/machines.md lists the values');
}

/** A comment line that begins with `kconform:`, in TypeScript, shell or C. */
const COMMENT = /^[ \t]*(?:#|\/\/|\/\*|\*)[ \t]*kconform:[ \t]*(.*?)[ \t]*(?:\*\/)?[ \t]*$/gm;

/**
 * The machine that comments of a scenario ask for, one word a line: `# kconform: cpus 2`.
 * @param file for the message
 * @throws KC_MACHINE (case) for a word that does not exist
 */
export function machineInComments(source: string, file: string): Machine {
  const asked: Machine[] = [];
  for (const [, text = ''] of source.matchAll(COMMENT)) {
    if (/^ends after \d+ s$/.test(text)) continue; // see runsForMs
    const [, word = '', value = ''] = /^(\S*)\s*(.*)$/.exec(text) ?? [];
    asked.push(readComment(word, value, `${file}: "kconform: ${text}"`));
  }
  return mergeMachines(asked);
}

function readComment(word: string, value: string, place: string): Machine {
  try {
    return readWord(word, value);
  } catch (error) {
    if (error instanceof KconformError) throw machineError(`${place}: ${error.message}`, error.hint ?? '');
    throw error;
  }
}
