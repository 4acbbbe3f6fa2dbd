import type { ErrorEntry } from './entry.ts';

/** The files of a case, and choosing cases. */
export const CASES = {
  KC_CASE_BROKEN: {
    blame: ['case'],
    what: 'A file of the case cannot be used: it does not compile, or its default export is wrong.',
    fix: 'Correct the line that the message names; `npx tsc --noEmit` shows all errors.',
  },
  KC_CONFIG_UNKNOWN: {
    blame: ['case'],
    what: 'The expectation depends on a config option, and the config of this kernel is unknown.',
    fix: 'Use an image with CONFIG_IKCONFIG, or put config-RELEASE beside the image.',
  },
  KC_EXPECTATION_BROKEN: {
    blame: ['case'],
    what: 'The expectation threw an error while it was compared with the outcome.',
    fix: 'Correct expect.ts.',
  },
  KC_INVENTORY_BROKEN: {
    blame: ['case'],
    what: 'The inventory of behaviours is invalid, or lists an id twice.',
    fix: 'Correct the inventory.ts that the message names.',
  },
  KC_MACHINE: {
    blame: ['case'],
    what: 'The machine that the case asks for does not exist: a wrong word or value.',
    fix: 'Correct the value that the message names; docs/machines.md lists what a machine can have.',
  },
  KC_MACHINE_BOOT: {
    blame: ['case'],
    what: 'The kernel boots on the default machine, and not on the one that the case asks for.',
    fix: 'Correct the parameters, modules or devices of the machine; the console says what failed.',
  },
  KC_NO_CASES: {
    blame: ['host'],
    what: 'The folder does not exist or contains no case.',
    fix: 'Name the folder above your cases with --cases. A case is a folder with an expect.ts and a scenario.',
  },
  KC_NO_EXPECTED_VALUE: {
    blame: ['case'],
    what: 'The expectation has no value for this kernel.',
    fix: 'Add a value for this kernel to expect.ts, or a need that skips the case on it.',
  },
  KC_NO_SUCH_CASE: {
    blame: ['host'],
    what: 'No case has this name, or two folders have the same name.',
    fix: 'Choose a name from the hint or from `npx kconform cases`.',
  },
  KC_RESERVED_NAME: {
    blame: ['case'],
    what: 'The folder of a case has the name that is reserved for the boot of the kernel.',
    fix: 'Rename the folder.',
  },
  KC_SUITE: {
    blame: ['case'],
    what: 'A suite file, or the list of tests beside it, cannot be used.',
    fix: 'Correct what the message names; docs/suites.md describes suite files.',
  },
  KC_SUITE_BUILD: {
    blame: ['case', 'host'],
    what: 'Tests of a suite were not built: they do not compile, or a library is missing.',
    fix: 'Install what the message names, or leave the test out in the suite file, with the reason.',
  },
  KC_UNKNOWN_FEATURE: {
    blame: ['case'],
    what: 'expect.ts needs a feature that kconform cannot probe.',
    fix: 'Use one of the features in the hint, or a file or config option instead.',
  },
  KC_UNKNOWN_CVE: {
    blame: ['host'],
    what: 'No case declares a bug with that CVE number.',
    fix: 'Use one of the numbers that the hint lists. Whether a kernel has a fix that no case tests is not known.',
  },
} as const satisfies Record<string, ErrorEntry>;
