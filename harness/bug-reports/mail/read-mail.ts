import PostalMime, { type Attachment } from 'postal-mime';
import { reportError } from '../report-error.ts';
import { splitMbox } from './mbox.ts';

/** A file that is attached to a mail; its name is for messages only. */
export interface AttachedFile {
  readonly name: string;
  readonly text: string;
}

/** What a mail says. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly AttachedFile[];
  /** True for a mail with HTML and without text. */
  readonly isHtmlOnly: boolean;
}

const MOST_MESSAGES = 200;

/**
 * The messages of a mail or an mbox.
 * @param bytes the file as latin1, so that parts in several charsets stay as they are
 * @throws KC_REPORT (case) for one that cannot be taken apart
 */
export async function readMail(bytes: string, name: string): Promise<Letter[]> {
  const messages = splitMbox(bytes);
  if (messages.length > MOST_MESSAGES) {
    throw reportError(
      `${name} has ${messages.length} messages, more than ${MOST_MESSAGES}`,
      'save the message with the report as a file',
    );
  }
  const letters: Letter[] = [];
  for (const message of messages) letters.push(await readMessage(message, name));
  return letters;
}

async function readMessage(message: string, name: string): Promise<Letter> {
  const parsed = await PostalMime.parse(Buffer.from(message, 'latin1'), { maxNestingDepth: 64 }).catch(
    (cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw reportError(`${name} is no mail that can be read: ${why}`, 'save the mail again, as plain text', cause);
    },
  );
  const { subject = '', text, html, attachments } = parsed;
  return {
    subject,
    text: text ?? '',
    attachments: attachments.flatMap((one) => textOf(one)),
    isHtmlOnly: (text ?? '').trim() === '' && (html ?? '').trim() !== '',
  };
}

/** Attachments that are text; pictures, archives and programs are left out. */
function textOf({ filename, content }: Attachment): AttachedFile[] {
  const bytes = Buffer.from(typeof content === 'string' ? content : new Uint8Array(content));
  if (bytes.subarray(0, 8192).includes(0)) return [];
  return [{ name: filename ?? 'without a name', text: bytes.toString('utf8').replaceAll('\r\n', '\n') }];
}
