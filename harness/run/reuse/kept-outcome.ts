import * as z from 'zod';
import { decodeError, encodeError } from '../../authors/messages.ts';
import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts';
import { BLAMES } from '../../errors/error.ts';
import type { BootRecord } from '../../guest/template/boot-record.ts';
import type { CaseOutcome } from '../case/observe-case.ts';
import type { GuestPackages } from '../machine-parts.ts';
import { Evidence, Oracles, Packages } from '../results/schema.ts';

/** Raised whenever the meaning of what is kept changes. */
export const FORMAT = 2;

const Code = z.custom<ErrorCode>((value) => typeof value === 'string' && Object.hasOwn(ERROR_CODES, value));

const StoredError = z.object({
  message: z.string(),
  code: Code,
  blame: z.enum(BLAMES),
  hint: z.string().exactOptional(),
  evidence: Evidence,
  stack: z.string().exactOptional(),
});

/** A {@link KeptOutcome} in a file. */
export const StoredOutcome = z.object({
  at: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  seenTwice: z.boolean(),
  packages: Packages.exactOptional(),
  console: z.string(),
  transcript: z.string(),
  unmet: z.string().exactOptional(),
  outcome: z.object({ observations: z.record(z.string(), z.json()).exactOptional(), oracles: Oracles }).exactOptional(),
  error: StoredError.exactOptional(),
});

/** What a guest showed of a case in an earlier run. */
export interface KeptOutcome {
  /** When: ISO 8601, UTC. Nothing depends on it, as clocks go wrong. */
  readonly at: string;
  readonly durationMs: number;
  /** Whether two runs with the same inputs agreed. */
  readonly seenTwice: boolean;
  readonly packages?: GuestPackages;
  readonly seen: CaseOutcome;
}

export function encodeOutcome({ seen, ...facts }: KeptOutcome): z.input<typeof StoredOutcome> {
  const { console, transcript, unmet, outcome, error } = seen;
  return JSON.parse(
    JSON.stringify({ ...facts, console, transcript, unmet, outcome, error: error && encodeError(error) }),
  );
}

export function decodeOutcome(stored: z.output<typeof StoredOutcome>): KeptOutcome {
  const { at, durationMs, seenTwice, packages, console, transcript, unmet, outcome, error } = stored;
  return {
    at,
    durationMs,
    seenTwice,
    ...(packages === undefined ? {} : { packages }),
    seen: {
      console,
      transcript,
      ...(unmet === undefined ? {} : { unmet }),
      ...(outcome === undefined ? {} : { outcome: { observations: outcome.observations, oracles: outcome.oracles } }),
      ...(error === undefined ? {} : { error: decodeError({ hint: undefined, stack: undefined, ...error }) }),
    },
  };
}

/** The boot behind the guests of kept outcomes. */
export const StoredBoot = z.object({
  at: z.iso.datetime(),
  boot: z.object({
    console: z.string(),
    health: z.object({ taint: z.number(), warnings: z.number().nullable(), oopses: z.number().nullable() }),
    ms: z.number().nonnegative(),
    failedBefore: z.string().optional(),
  }),
});

export interface KeptBoot {
  readonly at: string;
  readonly boot: BootRecord;
}
