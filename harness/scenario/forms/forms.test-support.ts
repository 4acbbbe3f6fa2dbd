import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { prepare } from '../../authors/prepared.ts';
import { loadScenario } from '../../authors/scenarios.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import { startClone } from '../../run/clone.test-support.ts';
import { createGuest, type Guest } from '../api/guest.ts';
import { Transcript } from '../api/transcript.ts';

/** A folder for the scenarios of a file of tests. */
export interface ScenarioFolder {
  readonly path: string;
  /** Writes a file and returns its path. */
  write(name: string, text: string): Promise<string>;
}

/** A guest in which the scenarios of a file of tests run. */
export interface ScenarioGuest {
  readonly guest: Guest;
  /** What all scenarios of the file did. */
  readonly transcript: Transcript;
  /** Writes a scenario and runs it in the guest. */
  run(
    name: string,
    text: string,
    more?: { onOutput?: (bytes: Buffer) => void; onNotice?: (text: string) => void },
  ): Promise<unknown>;
}

/** To be called at the top of a file of tests. */
export function scenarioFolder(): ScenarioFolder {
  let path = '';
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'kconform-forms-'));
  });
  afterAll(() => rm(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    async write(name, text) {
      await mkdir(join(path, name, '..'), { recursive: true });
      await writeFile(join(path, name), text);
      return join(path, name);
    },
  };
}

/** To be called at the top of a file of tests. */
export function scenarioGuest(): ScenarioGuest {
  const { signal } = new AbortController();
  const folder = scenarioFolder();
  const transcript = new Transcript();
  let machine: GuestMachine;
  let guest: Guest;
  beforeAll(async () => {
    machine = await startClone(signal);
    guest = await createGuest(machine.agent);
  });
  afterAll(() => machine?.[Symbol.asyncDispose]());
  return {
    transcript,
    get guest() {
      return guest;
    },
    async run(name, text, more = {}) {
      await using scenario = await prepare(await loadScenario(await folder.write(name, text)));
      return await scenario.run({ agent: machine.agent, transcript, signal, ...more });
    },
  };
}
