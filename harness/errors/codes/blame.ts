export const BLAMES = ['kernel', 'case', 'harness', 'host'] as const;

/** Whose fault an error is: it decides the verdict (kernel: FAIL; everything else: ERROR). */
export type Blame = (typeof BLAMES)[number];
