/** Id of `int` in `structWithMember`'s BTF. */
export const BTF_INT = 1;
/** Id of `struct val` there. */
export const BTF_VALUE = 3;

const MAGIC = 0xeb9f;
const HEADER_LENGTH = 24;
const KIND = {
  INT: 1,
  PTR: 2,
  ARRAY: 3,
  STRUCT: 4,
  TYPEDEF: 8,
  FUNC: 12,
  FUNC_PROTO: 13,
  VAR: 14,
  DATASEC: 15,
} as const;
const SIGNED = 1;

/** A member of a structure: the id of its type, and where it begins, in bytes. */
export interface BtfMember {
  /** As C has it. */
  readonly name: string;
  /** The id that a method of Btf returned. */
  readonly type: number;
  /** Offset in the structure, in bytes. */
  readonly at: number;
}

/** A parameter of a function: its name and the id of its type. */
export interface BtfParameter {
  /** As C has it. */
  readonly name: string;
  /** The id that a method of Btf returned. */
  readonly type: number;
}

/**
 * Builds BTF (Documentation/bpf/btf.rst, linux/btf.h). Each method adds a type and returns its id; `blob` returns the data for
 * BPF_BTF_LOAD. Id 0 is void. Names and ids are not checked, so that wrong ones can be tested.
 */
export class Btf {
  readonly #types: number[] = [];
  readonly #strings: Buffer[] = [Buffer.from([0])];
  #stringsLength = 1;
  #count = 0;

  /** BTF_KIND_INT: an integer of `size` bytes. @returns its id */
  int(name: string, size: number, signed = true): number {
    return this.#add(name, KIND.INT, 0, size, ((signed ? SIGNED : 0) << 24) | (size * 8));
  }

  /** BTF_KIND_PTR: a pointer to the type of that id. @returns its id */
  pointer(to: number): number {
    return this.#add('', KIND.PTR, 0, to);
  }

  /**
   * BTF_KIND_ARRAY.
   * @param element id of the elements' type
   * @param index id of an integer type
   * @param count how many elements
   * @returns its id
   */
  array(element: number, index: number, count: number): number {
    return this.#add('', KIND.ARRAY, 0, 0, element, index, count);
  }

  /** BTF_KIND_STRUCT of `size` bytes. @returns its id */
  struct(name: string, size: number, members: readonly BtfMember[] = []): number {
    const words = members.flatMap((member) => [this.#text(member.name), member.type, member.at * 8]);
    return this.#add(name, KIND.STRUCT, members.length, size, ...words);
  }

  /** BTF_KIND_TYPEDEF: another name for the type of that id. @returns its id */
  typedef(name: string, of: number): number {
    return this.#add(name, KIND.TYPEDEF, 0, of);
  }

  /**
   * BTF_KIND_FUNC with its BTF_KIND_FUNC_PROTO; `returns` is the id of a type.
   * @returns the id of the function; the prototype's is one less
   */
  func(
    name: string,
    returns: number,
    parameters: readonly BtfParameter[],
    linkage: 'static' | 'global' | 'extern' = 'global',
  ): number {
    const words = parameters.flatMap((parameter) => [this.#text(parameter.name), parameter.type]);
    const prototype = this.#add('', KIND.FUNC_PROTO, parameters.length, returns, ...words);
    return this.#add(name, KIND.FUNC, ['static', 'global', 'extern'].indexOf(linkage), prototype);
  }

  /** Header, types and strings of all added types, for `btfLoad`. */
  blob(): Buffer {
    const types = words(this.#types);
    const header = words([MAGIC | (1 << 16), HEADER_LENGTH, 0, types.length, types.length, this.#stringsLength]);
    return Buffer.concat([header, types, ...this.#strings]);
  }

  /** `sizeOrType` is what struct btf_type has in its union. */
  #add(name: string, kind: number, count: number, sizeOrType: number, ...more: readonly number[]): number {
    this.#types.push(this.#text(name), (kind << 24) | count, sizeOrType, ...more);
    return ++this.#count;
  }

  #text(text: string): number {
    if (text === '') return 0;
    const bytes = Buffer.from(`${text}\0`, 'latin1');
    const at = this.#stringsLength;
    this.#strings.push(bytes);
    this.#stringsLength += bytes.length;
    return at;
  }
}

/**
 * BTF of `struct val { struct NAME t; }` (id BTF_VALUE) beside an int (id BTF_INT): a map whose value it describes has that special
 * field, `bpf_timer` or `bpf_wq` of 16 bytes (linux/bpf.h).
 */
export function structWithMember(name: string, size = 16): Buffer {
  const btf = new Btf();
  btf.int('int', 4);
  const member = btf.struct(name, size);
  btf.struct('val', size, [{ name: 't', type: member, at: 0 }]);
  return btf.blob();
}

function words(list: readonly number[]): Buffer {
  const bytes = Buffer.alloc(list.length * 4);
  for (const [index, value] of list.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}
