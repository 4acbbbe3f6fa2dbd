/** A character of UTF-8 (RFC 3629, section 4), in a string with a character for each byte; or else any byte. */
const CHARACTER =
  /([\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})|[\x80-\xff]/g;

/** The text of UTF-8. A byte that is not part of it becomes four characters, `\xfe`, so that two different outputs stay different. */
export function escapedText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const text = Buffer.from(bytes).toString('latin1');
    const escaped = text.replace(CHARACTER, (byte, valid) => valid ?? `\\x${byte.charCodeAt(0).toString(16)}`);
    return Buffer.from(escaped, 'latin1').toString('utf8');
  }
}
