/** A member of an initramfs; modes include the file type (S_IFREG, S_IFDIR, …). */
export interface CpioEntry {
  readonly name: string;
  readonly mode: number;
  readonly data?: Buffer;
  readonly device?: readonly [major: number, minor: number];
}

/** The `newc` format (Documentation/driver-api/early-userspace/buffer-format.rst): owner root, time 0, so that equal inputs give equal bytes. */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  const append = (part: Buffer) => {
    const padding = (4 - (part.length % 4)) % 4;
    parts.push(part, Buffer.alloc(padding));
    length += part.length + padding;
  };
  const all = [...entries, { name: 'TRAILER!!!', mode: 0 }];
  for (const [index, { name, mode, data = Buffer.alloc(0), device = [0, 0] }] of all.entries()) {
    const links = (mode & 0o170000) === 0o040000 ? 2 : 1;
    const fields = [index + 1, mode, 0, 0, links, 0, data.length, 0, 0, device[0], device[1], name.length + 1, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
    append(Buffer.from(header, 'latin1'));
    append(data);
  }
  return Buffer.concat(parts, length);
}
