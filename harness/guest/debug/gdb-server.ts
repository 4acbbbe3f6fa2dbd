import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KconformError } from '../../errors/error.ts';
import type { DebugTarget } from './target.ts';

/**
 * Makes QEMU serve gdb on a UNIX socket in the guest's run folder, which only this user can reach.
 * @returns the path of the socket
 * @throws KC_DEBUGGER (host) in QEMU's words
 */
export async function openGdbServer({ qmp, folder }: DebugTarget['qemu']): Promise<string> {
  const socket = join(folder, 'gdb');
  if (existsSync(socket)) return socket;
  // The monitor's command line takes no spaces in a value; a run folder has none (TMPDIR may).
  const line = `gdbserver "unix:${socket},server=on,wait=off"`;
  const said = await qmp.execute('human-monitor-command', { 'command-line': line });
  if (existsSync(socket)) return socket;
  throw new KconformError(`QEMU does not start its gdb server: ${String(said).trim()}`, {
    code: 'KC_DEBUGGER',
    blame: 'host',
  });
}
