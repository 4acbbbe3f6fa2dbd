import { asKconformError } from '../../errors/error.ts';
import { printEvidence } from './evidence.ts';
import { plain } from './text.ts';

const OWN_FAULT =
  'This is a bug in kconform and says nothing about the kernel. Please report it with the output of --debug.';

/** An error as the user reads it: message, hint and evidence; code and stack, with the causes, only for `debug`. */
export function printError(error: unknown, { debug = false }: { readonly debug?: boolean } = {}): string {
  const known = asKconformError(error, 'harness', 'KC_INTERNAL');
  const lines = [`kconform: ${known.message.split('\n').map(plain).join('\n  ')}`];
  lines.push(...printEvidence(known.evidence).map((line) => `  ${line}`));
  if (known.hint !== undefined) lines.push(`  ${known.hint.split('\n').map(plain).join('\n  ')}`);
  if (debug) {
    lines.push(`  code ${known.code}, blame ${known.blame}`);
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
      lines.push(cause.stack ?? String(cause));
  } else if (known.code === 'KC_INTERNAL') lines.push(`  ${OWN_FAULT}`);
  return `${lines.join('\n')}\n`;
}
