import { bpf } from 'kconform';

/** Ids of the types in `pairOfInts`. */
export const INT = 1;
export const VALUE = 2;

/** BTF of an int and of `struct val { int a; int b; }`. */
export function pairOfInts(): Buffer {
  const types = new bpf.Btf();
  types.int('int', 4);
  types.struct('val', 8, [
    { name: 'a', type: INT, at: 0 },
    { name: 'b', type: INT, at: 4 },
  ]);
  return types.blob();
}
