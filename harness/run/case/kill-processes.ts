import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentClient } from '../../guest/agent/client.ts';

/** What a process may take to end of SIGKILL on a busy host. */
const DEATH_LIMIT_MS = 5_000;
const LOOK_MS = 200;
/** The guest's own: init and its relay, the agent, the runner of scenarios, the SSH server. */
const OWN = /^(\/init|\/bin\/(agent|scenario|observe)|.*\/dropbear)$/;

/**
 * Kills whatever a scenario that is out of time has left running in the guest, and tells what does not end of it: for that the
 * kernel is to blame. Nothing while all of them end.
 * @returns a paragraph for each, with the place in the kernel where the kernel shows it (/proc/PID/stack)
 */
export async function killProcesses(
  agent: AgentClient,
): Promise<{ readonly names: string[]; readonly places: string }> {
  const processes = await userProcesses(agent);
  if (processes.length > 0) await agent.exec(`kill -9 ${processes.join(' ')}`);
  const until = performance.now() + DEATH_LIMIT_MS;
  let left = processes;
  // The last look begins after the limit: on a busy host one look can take seconds.
  for (let isLast = false; left.length > 0 && !isLast; await sleep(LOOK_MS)) {
    isLast = performance.now() > until;
    const alive = await userProcesses(agent);
    left = left.filter((pid) => alive.includes(pid));
  }
  const names: string[] = [];
  const places: string[] = [];
  for (const pid of left) {
    const { stdout } = await agent.exec(`cat /proc/${pid}/comm /proc/${pid}/wchan; echo; cat /proc/${pid}/stack`);
    const [name = '', ...place] = stdout.toString('utf8').trim().split('\n');
    names.push(`${name} (${pid})`);
    places.push([`${name} (${pid})`, ...place].join('\n'));
  }
  return { names, places: places.join('\n\n') };
}

/** Those that run a program of a file; what has ended and was not waited for, and the kernel's threads, do not. */
async function userProcesses(agent: AgentClient): Promise<string[]> {
  const { stdout } = await agent.exec('ls -l /proc/[0-9]*/exe 2>/dev/null');
  const links = stdout.toString('utf8').matchAll(/ \/proc\/(\d+)\/exe -> (.*)$/gm);
  return [...links].flatMap(([, pid = '', program = '']) => (OWN.test(program) ? [] : [pid]));
}
