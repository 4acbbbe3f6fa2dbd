import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseRecords } from '../../../prove/case-record.ts';
import type { Proof, ProofEvent } from '../../../prove/prove.ts';
import { TerminalReporter } from '../terminal.ts';
import { duration } from '../text.ts';
import {
  estimateText,
  type ProofSession,
  proofDocument,
  proofLines,
  proofMarkdown,
  summaryLines,
  uneditedLines,
} from './proof.ts';

/** Prints proofs as they are made, and writes proof.json and proof.md after each. */
export class ProofReporter {
  readonly #terminal = new TerminalReporter(process.stderr);
  readonly #session: Omit<ProofSession, 'unedited' | 'planned'>;
  readonly #out: string | undefined;
  readonly #proofs: Proof[] = [];
  #unedited: CaseRecords = new Map();
  #written: Promise<void> = Promise.resolve();

  /** @param out folder for the files; undefined for none */
  constructor(session: Omit<ProofSession, 'unedited' | 'planned'>, out: string | undefined) {
    this.#session = session;
    this.#out = out;
  }

  get proofs(): readonly Proof[] {
    return this.#proofs;
  }

  /** Results on the unedited kernel; none before they are known. */
  get unedited(): CaseRecords {
    return this.#unedited;
  }

  on(event: ProofEvent): void {
    if (event.type === 'progress') void this.#terminal.on(event);
    if (event.type === 'unedited') {
      this.#unedited = event.records;
      this.#print([...uneditedLines(event.records), `  in ${duration(event.ms)}`]);
    }
    if (event.type !== 'proof') return;
    this.#proofs.push(event.proof);
    const at = this.#session.declaredAt.get(event.proof.mutant.id);
    this.#print([...proofLines(event.proof, at), `  ${estimateText(this.#proofs, event)}`]);
    this.#write(event.of);
  }

  /** @throws what kept a file from being written */
  async finish(): Promise<void> {
    await this.#written;
    this.#print(['', ...summaryLines(this.#proofs)]);
  }

  #print(lines: readonly string[]): void {
    void this.#terminal.on({ type: 'progress', message: '' });
    process.stdout.write(`${lines.join('\n')}\n`);
  }

  #write(planned: number): void {
    const out = this.#out;
    if (out === undefined) return;
    const session = { ...this.#session, unedited: this.#unedited, planned };
    const proofs = [...this.#proofs];
    this.#written = this.#written.then(async () => {
      await mkdir(out, { recursive: true });
      await writeFile(join(out, 'proof.json'), `${JSON.stringify(proofDocument(session, proofs), undefined, 2)}\n`);
      await writeFile(join(out, 'proof.md'), proofMarkdown(session, proofs));
    });
    this.#written.catch(() => undefined); // finish() throws it
  }
}
