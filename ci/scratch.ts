import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { tmpdir } from 'zx';

/** Makes a folder for this process, which is removed when the process ends, also by a signal other than SIGKILL. */
export function scratchFolder(): string {
  const folder = tmpdir();
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => process.exit(128 + constants.signals[name]));
  return folder;
}
