import { plain, shorten } from '../../report/text/text.ts';

/** The head of a mail. */
export interface Headers {
  /** Absent where nobody is known. */
  readonly from?: string | undefined;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject: string;
  readonly inReplyTo?: string | undefined;
}

const SUBJECT_WIDTH = 120;

/** As lines, addresses one below the other. */
export function headerLines({ from, to, cc, subject, inReplyTo }: Headers): string[] {
  return [
    ...(from === undefined ? [] : [`From: ${plain(from)}`]),
    ...addressLines('To', to),
    ...addressLines('Cc', cc),
    `Subject: ${shorten(plain(subject), SUBJECT_WIDTH)}`,
    ...(inReplyTo === undefined ? [] : [`In-Reply-To: ${plain(inReplyTo)}`]),
  ];
}

function addressLines(name: string, addresses: readonly string[]): string[] {
  const all = [...new Set(addresses.map(plain))];
  return all.map((address, index) => {
    const comma = index < all.length - 1 ? ',' : '';
    return `${index === 0 ? `${name}: ` : '    '}${address}${comma}`;
  });
}
