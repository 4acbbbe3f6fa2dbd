/** The line with which mbox begins each message: `From reporter@example.com Mon Nov 30 12:00:00 2026`. */
const FROM_LINE = /^From \S+ .*\d{4}\r?$/;

/** The messages of an mbox, as bytes in latin1; the text itself where it is one message without such a line. */
export function splitMbox(text: string): string[] {
  if (!isMbox(text)) return [text];
  const messages: string[][] = [];
  let isAfterEmpty = true;
  for (const line of text.split('\n')) {
    if (isAfterEmpty && FROM_LINE.test(line)) messages.push([]);
    else messages.at(-1)?.push(line.replace(/^>(>*From )/, '$1'));
    isAfterEmpty = line.trim() === '';
  }
  return messages.map((lines) => lines.join('\n')).filter((message) => message.trim() !== '');
}

export function isMbox(text: string): boolean {
  return FROM_LINE.test(text.slice(0, 1000).split('\n')[0] ?? '');
}

const HEADER =
  /^(?:From|To|Cc|Subject|Date|Message-ID|MIME-Version|Received|Return-Path|Content-Type|Delivered-To|List-Id):/i;

/** True for a text that begins with at least two headers of a mail. */
export function hasHeaders(text: string): boolean {
  const head = text.slice(0, 20_000).split(/\r?\n\r?\n/)[0] ?? '';
  const lines = head.split(/\r?\n/);
  const isAllHeaders = lines.every((line) => /^[\w-]+:|^[ \t]|^From /.test(line));
  return isAllHeaders && lines.filter((line) => HEADER.test(line)).length >= 2;
}
