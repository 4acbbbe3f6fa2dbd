/** Ids of the types in `pairOfInts`. */
export const INT = 1;
export const VALUE = 2;

/** BTF (Documentation/bpf/btf.rst) of an int and of `struct val { int a; int b; }`. */
export function pairOfInts(): Buffer {
  const strings = Buffer.from('\0int\0val\0a\0b\0', 'latin1');
  const at = (text: string) => strings.indexOf(`\0${text}\0`) + 1;
  const types = words([
    ...[at('int'), 0x01000000, 4, 0x01000020], // INT, signed, 32 bits
    ...[at('val'), 0x04000002, 8, at('a'), INT, 0, at('b'), INT, 32], // STRUCT with members at bits 0 and 32
  ]);
  return Buffer.concat([words([0x0001eb9f, 24, 0, types.length, types.length, strings.length]), types, strings]);
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}
