/** A comma ends a value in QEMU's key=value syntax; a doubled one is a comma. */
export function escapeComma(path: string): string {
  return path.replaceAll(',', ',,');
}
