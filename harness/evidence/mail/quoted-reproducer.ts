import { plain } from '../../report/text/text.ts';
import { section, wrapped } from '../wrap.ts';

/** What the mail quotes, or says that it is attached. */
export interface QuotedReproducer {
  readonly name: string;
  readonly text: string;
  readonly kind: 'program' | 'script' | 'commands' | 'calls';
  /** Whether the evidence runs it without kconform. */
  readonly runs: boolean;
}

/** A longer one is attached, so that the mail stays readable. */
const INLINE_LINES = 100;

/** `The program below was run`, or the attached one. */
export function didText(reproducer: QuotedReproducer | undefined): string {
  if (reproducer === undefined) return 'The reproducer was run';
  const { kind } = reproducer;
  const did = { program: 'was run', script: 'was run', commands: 'were run', calls: 'were made' }[kind];
  return isInline(reproducer) ? `The ${kind} below ${did}` : `The attached ${kind} ${did}`;
}

function isInline({ text }: QuotedReproducer): boolean {
  return text.trimEnd().split('\n').length <= INLINE_LINES;
}

/**
 * The reproducer, and what is attached.
 * @param parts of the evidence, besides the reproducer
 */
export function reproducerSections(
  reproducer: QuotedReproducer | undefined,
  attachment: string,
  parts: readonly string[],
): string[][] {
  const content = [...(reproducer?.runs === true ? ['scripts that run it'] : []), ...parts];
  const what = new Intl.ListFormat('en-GB').format(content);
  const attached = `Attached: ${plain(attachment)}${what === '' ? '' : `, with ${what}`}.`;
  if (reproducer === undefined) return [wrapped(attached)];
  const lines = reproducer.text.trimEnd().split('\n');
  if (!isInline(reproducer))
    return [
      wrapped(
        `The reproducer (${plain(reproducer.name)}, ${lines.length} lines) is in the attached ${plain(attachment)}.`,
      ),
    ];
  return [
    section(
      `Reproducer (${plain(reproducer.name)})`,
      lines.map((line) => plain(line).trimEnd()),
    ),
    wrapped(attached),
  ];
}
