/**
 * The agent itself, on this machine: what it does with frames and processes is the same here as in a guest. It makes the calls that
 * it is sent, with the rights of whoever runs the tests: nothing random, and nothing that multiplies, is sent to it outside of one.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { AgentClient } from '../../guest/agent/client.ts';
import { compileGuest } from '../../guest/initramfs/initramfs.ts';
import { GuestProcess } from '../api/process.ts';
import { Transcript } from '../api/transcript.ts';

export interface HostAgent {
  /** A folder for the tests' own files. */
  readonly folder: string;
  /** The agent's process, another for each test. */
  readonly child: ChildProcessWithoutNullStreams;
  /** A client of it. */
  client(): AgentClient;
  /** Its first process, and the transcript of all. */
  first(): Promise<{ readonly root: GuestProcess; readonly transcript: Transcript }>;
}

/** To be called at the top of a file of tests: what it returns can be used in them. */
export function hostAgent(): HostAgent {
  let folder = '';
  let child: ChildProcessWithoutNullStreams;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kconform-agent-'));
    await writeFile(join(folder, 'agent'), await compileGuest(), { mode: 0o755 });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    child = spawn(join(folder, 'agent'));
  });
  afterEach(() => {
    child.stdin.end();
    child.kill('SIGKILL');
  });
  return {
    get folder() {
      return folder;
    },
    get child() {
      return child;
    },
    client: () => new AgentClient(Duplex.from({ writable: child.stdin, readable: child.stdout })),
    async first() {
      const transcript = new Transcript();
      return { root: await GuestProcess.start(this.client(), transcript), transcript };
    },
  };
}
