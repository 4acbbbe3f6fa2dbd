import * as z from 'zod';
import { bootFaults } from '../../expect/judge/boot.ts';
import { SourceDeclaration } from '../../kernels/sources/declaration.ts';
import { MachineShape } from '../../machine/faults.ts';

const words = z.string().min(1);

/** See BootDeclarations, of which this is the form that is checked. */
const Boot = z
  .strictObject({
    taints: z.array(z.string().regex(/^[A-Z]$/, 'it is not the letter of a taint flag')).optional(),
    knownBugs: z
      .array(
        z.strictObject({
          title: words,
          fix: words.nullable(),
          introducedIn: z.array(words).optional(),
          fixedIn: z.array(words),
          link: words.optional(),
          kernels: z.array(words).min(1).optional(),
          splats: z
            .array(z.strictObject({ kind: words.optional(), title: words.optional(), frame: words.optional() }))
            .min(1),
          taints: z.array(z.string().regex(/^[A-Z]$/, 'it is not the letter of a taint flag')).optional(),
        }),
      )
      .optional(),
  })
  .superRefine((boot, context) => {
    for (const message of bootFaults(boot)) context.addIssue({ code: 'custom', message });
  });

const Specs = z.array(z.string().min(1)).min(1);

const Sources = z.array(SourceDeclaration).superRefine((sources, context) => {
  const names = sources.map(({ name }) => name);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    context.addIssue({ code: 'custom', message: `two sources are called ${name}` });
  }
});

/** With Debian's alone, the specs are enough. */
const Kernels = z.strictObject({ default: Specs.optional(), sources: Sources.optional() });
export type Kernels = z.input<typeof Kernels>;

export const Fields = z.strictObject({
  /** The folder of cases, from the configuration's own folder. */
  cases: z.string().min(1).optional(),
  /** What --kernel would name; commands that want one kernel take the first. With sources: `{ default: [...], sources: [...] }`. */
  kernels: z.preprocess((given) => (Array.isArray(given) ? { default: given } : given), Kernels).optional(),
  /** The folder of results, from the configuration's own folder. */
  out: z.string().min(1).optional(),
  /** QEMU's accelerator; without it kvm where a guest can be run with it, and tcg (emulation) elsewhere. */
  accel: z.enum(['kvm', 'tcg']).optional(),
  /** A copy-on-write clone of a booted guest for each case, or a boot for each. */
  isolation: z.enum(['clone', 'cold']).optional(),
  /** The machine of all cases; a case or an option may ask for more, or for something else. */
  machine: MachineShape.optional(),
  /** Guests at once. */
  jobs: z.int().positive().optional(),
  /** Whether to scan for leaks after every case. */
  leaks: z.boolean().optional(),
  /** What is known of the boot of the kernels: taints that they may have from then on, and bugs that show there. */
  boot: Boot.optional(),
});
