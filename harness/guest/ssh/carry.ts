import { Duplex } from 'node:stream';
import type { CommandStart, RunningCommand } from '../agent/commands.ts';

const SIGHUP = 1;

/** What starts a program in the guest: the agent's client. */
interface Starter {
  start(command: CommandStart): Promise<RunningCommand>;
}

/**
 * A stream to the SSH server on the guest's loopback device, carried by a program that the agent runs.
 * The program's first output can arrive before `start` is fulfilled, so the stream is there before.
 */
export async function carry(agent: Starter): Promise<Duplex> {
  let program: RunningCommand | undefined;
  const stream = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _encoding, done) => {
      if (program === undefined)
        done(new Error('internal error: the program that carries the connection has not started'));
      else program.stdin.write(bytes, done);
    },
    final: (done) => {
      program?.stdin.end();
      done();
    },
    destroy: (error, done) => {
      program?.kill(SIGHUP).catch(() => undefined); // it has ended
      done(error);
    },
  });
  program = await agent.start({
    words: ['/bin/nc', '127.0.0.1', '22'],
    onStdout: (bytes) => stream.push(bytes),
    onStderr: () => undefined,
  });
  program.ended.then(
    () => stream.push(null),
    () => stream.destroy(), // the guest has ended: whoever uses the stream sees its end
  );
  return stream;
}
