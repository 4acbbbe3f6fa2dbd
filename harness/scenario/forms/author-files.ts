import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

let prepare = () => {};

/** What makes node take TypeScript, done once and not before a file of an author is wanted: it costs some 0.1 s. */
export function beforeFirstFile(action: () => void): void {
  prepare = action;
}

/** From here on import() takes files of authors. */
export function takeAuthorFiles(): void {
  prepare();
  prepare = () => {};
}

/** A scenario, an expectation, a configuration: TypeScript whose 'kconform' is this very instance. */
export async function importAuthorFile(file: string): Promise<unknown> {
  takeAuthorFiles();
  return import(pathToFileURL(resolve(file)).href);
}
