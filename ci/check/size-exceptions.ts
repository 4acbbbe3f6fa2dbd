/** Files that may be too long, or have a function that is too long, and why. An entry that is no longer needed is refused. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {};
