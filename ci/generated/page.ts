/** Generated files are in the repository: `npm run format` writes them, `npm run check` refuses those that are stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes the file when this process has the argument --write; otherwise fails the process when the file has another text. */
export function writeOrCheck(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  if (process.argv.includes('--write')) {
    writeFileSync(file, text);
    return;
  }
  console.error(`${file} is stale: run "npm run format"`);
  process.exitCode = 1;
}
