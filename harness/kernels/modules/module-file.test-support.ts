/** An ELF file as small as a module can be: a .modinfo section with these fields, several for a list, and the sections' names. */
export function moduleFile(fields: Readonly<Record<string, string | readonly string[]>>): Buffer {
  const lines = Object.entries({ depends: '', ...fields }).flatMap(([key, values]) =>
    [values].flat().map((value) => `${key}=${value}\0`),
  );
  const modinfo = Buffer.from(lines.join(''), 'latin1');
  const names = Buffer.from('\0.modinfo\0.shstrtab\0', 'latin1');
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeBigUInt64LE(BigInt(64 + modinfo.length + names.length), 0x28);
  header.writeUInt16LE(64, 0x3a);
  header.writeUInt16LE(3, 0x3c);
  header.writeUInt16LE(2, 0x3e);
  const section = (name: number, offset: number, size: number) => {
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(name, 0);
    entry.writeBigUInt64LE(BigInt(offset), 24);
    entry.writeBigUInt64LE(BigInt(size), 32);
    return entry;
  };
  const sections = [section(0, 0, 0), section(1, 64, modinfo.length), section(10, 64 + modinfo.length, names.length)];
  return Buffer.concat([header, modinfo, names, ...sections]);
}
