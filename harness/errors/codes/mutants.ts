import type { ErrorEntry } from './entry.ts';

/** Proving cases on mutants. */
export const MUTANTS = {
  KC_BROKEN_DECLARATION: {
    blame: ['case'],
    what: 'The declaration of a mutant has an unknown field, or names a case, an observation or a behaviour that does not exist.',
    fix: 'Correct the declaration. `npx kconform cases CASE --observations` lists the observations of a case.',
  },
  KC_NO_SUCH_MUTANT: {
    blame: ['host'],
    what: 'No mutant has this name, or the folder of cases has no mutants.',
    fix: 'Choose one from `npx kconform prove --list`; declare mutants in the folder `mutants` of your cases.',
  },
  KC_NOTHING_TO_MUTATE: {
    blame: ['host'],
    what: 'No mutants can be made from this source file or function.',
    fix: 'Name a C file below the root of the source, optionally with a function: `fs/file.c:function`.',
  },
  KC_PROOF: {
    blame: ['kernel', 'case', 'harness', 'host'],
    what: 'No guest of a kernel started, so nothing can be proven with it.',
    fix: 'Read the reason and the console in the message; `npx kconform shell --kernel KERNEL` boots the kernel alone.',
  },
} as const satisfies Record<string, ErrorEntry>;
