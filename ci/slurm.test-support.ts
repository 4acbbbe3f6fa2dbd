/** A Slurm cluster of one node from Debian's packages, on the loopback device, with its own key, ports and files. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

const START_LIMIT_MS = 20_000;

export interface Slurm extends AsyncDisposable {
  /** The environment that its commands (sbatch, squeue) need. */
  readonly env: { readonly SLURM_CONF: string };
  /** Waits until no job is left. @throws after the limit */
  drained(limitMs: number): Promise<void>;
  /** `COMPLETED 0:0` (state, exit code and signal) of a job, or of each task of an array. */
  ends(job: string): Promise<string[]>;
}

export async function startSlurm(): Promise<Slurm> {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-slurm-'));
  const file = (name: string) => join(folder, name);
  const env = { SLURM_CONF: file('slurm.conf') };
  const ask = (command: string, words: readonly string[]) => execa(command, words, { env, timeout: START_LIMIT_MS });
  const undo = [() => rm(folder, { recursive: true })];
  const end = async () => {
    for (const one of undo.splice(0).reverse()) await one();
  };

  /** Starts a daemon, which runs until `end`. @throws with its output when it is not ready in time */
  async function daemon(path: string, words: readonly string[], isReady: () => Promise<boolean>): Promise<void> {
    const log = file(`${path.split('/').at(-1)}.out`);
    const child = execa(path, words, {
      env,
      reject: false,
      stdin: 'ignore',
      stdout: { file: log },
      stderr: { file: log },
    });
    undo.push(async () => {
      child.kill();
      await child;
    });
    for (const givenUpAt = Date.now() + START_LIMIT_MS; !(await isReady().catch(() => false)); await sleep(100)) {
      if (Date.now() > givenUpAt || child.exitCode !== null)
        throw new Error(`${path} is not ready: ${await readFile(log, 'utf8')}`);
    }
  }

  try {
    await chmod(folder, 0o711); // munged refuses a folder that not everybody can enter
    await writeFile(file('munge.key'), randomBytes(128), { mode: 0o400 });
    await writeFile(env.SLURM_CONF, configuration(folder, await freePort(), await freePort()));
    for (const name of ['state', 'spool']) await mkdir(file(name));
    const munge = ['key', 'socket', 'pid', 'log', 'seed'].map((one) => mungeOption(one, file(`munge.${one}`)));
    await daemon('/usr/sbin/munged', ['--foreground', ...munge], async () => existsSync(file('munge.socket')));
    await daemon('/usr/sbin/slurmctld', ['-D'], async () => (await ask('scontrol', ['ping'])).stdout.includes('is UP'));
    const isIdle = async () => (await ask('sinfo', ['--noheader', '--format', '%T'])).stdout === 'idle';
    await daemon('/usr/sbin/slurmd', ['-D', '-N', 'node'], isIdle);
    undo.push(async () => void (await ask('scancel', ['--user', userInfo().username])));
  } catch (error) {
    await end();
    throw error;
  }
  return {
    env,
    async drained(limitMs) {
      for (const givenUpAt = Date.now() + limitMs; ; await sleep(300)) {
        const { stdout } = await ask('squeue', ['--noheader']);
        if (stdout === '') return;
        if (Date.now() > givenUpAt) throw new Error(`jobs are left: ${stdout}`);
      }
    },
    async ends(job) {
      const { stdout } = await ask('scontrol', ['--oneliner', 'show', 'job', job]);
      return stdout.split('\n').map((line) => {
        const value = (name: string) => new RegExp(`\\b${name}=(\\S+)`).exec(line)?.[1];
        return `${value('JobState')} ${value('ExitCode')}`;
      });
    },
    [Symbol.asyncDispose]: end,
  };
}

function mungeOption(name: string, path: string): string {
  return name === 'socket' ? `--socket=${path}` : `--${name}-file=${path}`;
}

/** slurm.conf(5), without cgroups and accounting. The node claims the CPUs and memory that the script asks for. */
function configuration(folder: string, controllerPort: number, nodePort: number): string {
  const { username } = userInfo();
  return `ClusterName=kconform
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser=${username}
SlurmdUser=${username}
AuthInfo=socket=${folder}/munge.socket
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
NodeName=node NodeHostname=${hostname()} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4096
PartitionName=all Nodes=ALL Default=YES
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('a TCP server has a port');
  return address.port;
}
