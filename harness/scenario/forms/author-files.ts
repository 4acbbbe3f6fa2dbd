let prepare = () => {};

/** What makes node take TypeScript, done once and not before a file of an author is wanted: it costs some 0.1 s. */
export function beforeFirstFile(action: () => void): void {
  prepare = action;
}

/** From here on import() takes files of authors: for a person at the prompt of `repl`. */
export function takeAuthorFiles(): void {
  prepare();
  prepare = () => {};
}
