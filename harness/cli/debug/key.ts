/** Waits for a key, a line, or the end of stdin; disposing it gives stdin back. */
export function keyPress(): { readonly pressed: Promise<void> } & Disposable {
  const { stdin } = process;
  if (stdin.isTTY) stdin.setRawMode(true);
  let stop = () => {};
  const pressed = new Promise<void>((resolve) => {
    const press = () => resolve();
    stdin.once('data', press);
    stdin.once('end', press);
    stop = () => {
      stdin.off('data', press);
      stdin.off('end', press);
    };
  });
  stdin.resume();
  return {
    pressed,
    [Symbol.dispose]() {
      stop();
      if (stdin.isTTY) stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
