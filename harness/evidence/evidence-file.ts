/** A file of the evidence. */
export interface EvidenceFile {
  /** Relative to its folder. */
  readonly path: string;
  readonly bytes: string | Buffer;
  readonly executable?: true;
}
