import { KconformError } from '../../errors/error.ts';
import { type CommandStart, ENVIRONMENT } from './commands.ts';

/** Flags of OP_RUN (images/guest/agent-start.h). */
const WITH_TERMINAL = 1;
const WITHOUT_INPUT = 2;

/** The payload of OP_RUN (images/guest/agent.h). @throws KC_AGENT_REQUEST (case) for a NUL byte */
export function encodeStart({
  words,
  environment = ENVIRONMENT,
  folder = '/root',
  terminal,
  noInput,
}: CommandStart): Buffer {
  const texts = (list: readonly string[]) => {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(list.length);
    return [count, ...list.map(textOf)];
  };
  const flags = Buffer.from([(terminal === undefined ? 0 : WITH_TERMINAL) | (noInput === true ? WITHOUT_INPUT : 0)]);
  const size = encodeSize(terminal?.rows ?? 0, terminal?.columns ?? 0);
  return Buffer.concat([flags, size, textOf(folder), ...texts(words), ...texts(environment)]);
}

function textOf(text: string): Buffer {
  if (!text.includes('\0')) return Buffer.from(`${text}\0`);
  throw new KconformError('a command cannot contain a NUL byte', { code: 'KC_AGENT_REQUEST', blame: 'case' });
}

/** The size of a terminal, in characters: the payload of OP_RESIZE. */
export function encodeSize(rows: number, columns: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(rows, 0);
  size.writeUInt16LE(columns, 2);
  return size;
}
