import { byVersion } from 'kconform';

/** Kernels before take an option of bpffs that they do not know and ignore it; seen so on 6.1, the one that is published. */
const ignoredBefore =
  (version: string) =>
  <const Ignored, const Known>(ignored: Ignored, known: Known) =>
    byVersion<Ignored | Known>({ '6.1': ignored, [version]: known });

/** What came of uid= and gid=, options since 6.8, where they are ignored and where they are known. */
export const sinceOwner = ignoredBefore('6.8');

/** The same of the four delegation options, which came with 6.9. */
export const sinceDelegation = ignoredBefore('6.9');

/** The same of names in them, which came with 6.10. */
export const sinceNames = ignoredBefore('6.10');
