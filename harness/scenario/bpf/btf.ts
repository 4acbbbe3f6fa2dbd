/** Ids of the types in `structWithMember`'s BTF. */
export const BTF_INT = 1;
export const BTF_VALUE = 3;

/**
 * BTF (Documentation/bpf/btf.rst) of `struct val { struct NAME t; }` beside an int: a map whose value it describes has that
 * special field, `bpf_timer` or `bpf_wq` of 16 bytes.
 */
export function structWithMember(name: string, size = 16): Buffer {
  const strings = Buffer.from(`\0int\0${name}\0val\0t\0`, 'latin1');
  const at = (text: string) => strings.indexOf(`\0${text}\0`) + 1;
  const types = words(
    [at('int'), 0x01000000, 4, 0x01000020], // INT, signed, 32 bits
    [at(name), 0x04000000, size], // STRUCT without members
    [at('val'), 0x04000001, size, at('t'), 2, 0], // STRUCT with one member of type 2 at bit 0
  );
  const header = words([0x0001eb9f, 24, 0, types.length, types.length, strings.length]);
  return Buffer.concat([header, types, strings]);
}

function words(...lists: readonly (readonly number[])[]): Buffer {
  const all = lists.flat();
  const bytes = Buffer.alloc(all.length * 4);
  for (const [index, value] of all.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}
