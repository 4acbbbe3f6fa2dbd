import type { GuestMachine } from '../../guest/guest-machine.ts';
import { painterFor } from '../../report/text/colour.ts';
import { plain } from '../../report/text/text.ts';

/** What kconform writes to the log itself: see harness/oracles/watch.ts. */
const OWN_MARK = /kconform: the case ends here \([0-9a-f]{8}\)/;

/** Prints the kernel's console to stderr as it comes, each line marked and, on a terminal, dimmed; until disposed. */
export function printConsole(machine: GuestMachine, label = 'console'): Disposable {
  let partial = '';
  const paint = painterFor(process.stderr);
  const print = (line: string) => {
    if (OWN_MARK.test(line)) return;
    const text = `${label}| ${plain(line)}`;
    process.stderr.write(`${paint('dim', text)}\n`);
  };
  const following = machine.qemu.console.follow(machine.consoleStart, (more) => {
    const lines = (partial + more).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) print(line);
  });
  return {
    [Symbol.dispose]() {
      following[Symbol.dispose]();
      if (partial !== '') print(partial);
    },
  };
}
