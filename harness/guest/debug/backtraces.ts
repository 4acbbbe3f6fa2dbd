import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';
import type { DebugTarget } from './target.ts';

/** gdb reads 340 MB of debug information first: some 10 s of one CPU. */
const LIMIT_MS = 10 * 60_000;

/**
 * For each task that no CPU runs: the registers that __switch_to_asm left on its stack (struct inactive_task_frame,
 * arch/x86/include/asm/switch_to.h) are given to the vCPU, so that gdb unwinds from there. What it had comes back in any case. Types come
 * from init_task: to look one up by its name takes gdb a minute with a whole kernel.
 */
const TASKS = `
import gdb

FRAME = ['r15', 'r14', 'r13', 'r12', 'rbx', 'rbp', 'rip']
WORD = 8
memory = gdb.selected_inferior()
init_task = gdb.parse_and_eval('init_task')
pointer = init_task.address.type
word = gdb.lookup_type('unsigned long')

def offset(name):
    return int(init_task[name].address) - int(init_task.address)

def task_at(list_head, name):
    return gdb.Value(int(list_head) - offset(name)).cast(pointer)

def threads():
    leader = init_task.address
    while True:
        head = leader['signal']['thread_head'].address
        node = leader['signal']['thread_head']['next']
        while int(node) != int(head):
            yield task_at(node, 'thread_node')
            node = node['next']
        leader = task_at(leader['tasks']['next'], 'tasks')
        if int(leader) == int(init_task.address):
            return

def words_at(address, count):
    return [int.from_bytes(memory.read_memory(address + index * WORD, WORD).tobytes(), 'little') for index in range(count)]

def give(registers):
    for name, value in registers.items():
        gdb.execute('set $%s = %d' % (name, value))

def backtrace(task):
    sp = int(task['thread']['sp'])
    give(dict(zip(FRAME, words_at(sp, len(FRAME)))) | {'rsp': sp + len(FRAME) * WORD})
    print(gdb.execute('bt 32', to_string=True), end='')

own = {name: int(gdb.parse_and_eval('$' + name).cast(word)) for name in FRAME + ['rsp']}
try:
    for task in threads():
        state = 'on a CPU' if int(task['on_cpu']) else 'state 0x%x' % int(task['__state'])
        print('\\nTask %d (%s), %s:' % (int(task['pid']), task['comm'].string(errors='replace'), state))
        if not int(task['on_cpu']):
            try:
                backtrace(task)
            except gdb.error as error:
                print('no backtrace: %s' % error)
    print('\\n--- end ---')
finally:
    give(own)
`;

/** @throws KC_TOOL_MISSING (host) */
export async function needGdb(): Promise<void> {
  const { exitCode } = await execa('gdb', ['--version'], { reject: false, stdin: 'ignore' });
  if (exitCode !== undefined) return;
  throw new KconformError('gdb not found: needed for backtraces', {
    code: 'KC_TOOL_MISSING',
    blame: 'host',
    hint: 'apt-get install gdb',
  });
}

/**
 * Backtraces of all vCPUs and of all tasks of a stopped guest, by gdb. The guest is stopped and as it was afterwards.
 * @param socket of QEMU's gdb server
 * @param symbols an image of the kernel with debug information
 * @throws KC_TOOL_MISSING, KC_DEBUGGER (host) with what gdb printed
 */
export async function backtraces({ folder }: DebugTarget['qemu'], socket: string, symbols: string): Promise<string> {
  await needGdb();
  const script = join(folder, 'tasks.py');
  await writeFile(script, TASKS);
  const commands = [
    'set pagination off',
    'set confirm off',
    'set width 0',
    // To find the values that callers passed, gdb reads the debug information of all callers.
    'set print entry-values no',
    'set print frame-arguments scalars',
    `target remote ${socket}`,
    'echo \\n--- vCPUs ---\\n',
    'thread apply all bt 32',
    'echo \\n--- tasks ---\\n',
    `source ${script}`,
    'disconnect',
  ];
  const args = ['-nx', '-batch', ...commands.flatMap((command) => ['-ex', command]), symbols];
  // Its complaints, such as about sources that are not there, come on stderr: not between the frames.
  const { stdout, all, exitCode } = await execa('gdb', args, {
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  await rm(script, { force: true });
  const text = withoutUserStack(stdout);
  const [from, end] = [text.indexOf('--- vCPUs ---'), text.indexOf('--- end ---')];
  if (from >= 0 && end > from) return text.slice(from, end);
  throw new KconformError(`gdb did not print all backtraces (exit code ${exitCode ?? 'none'})`, {
    code: 'KC_DEBUGGER',
    blame: 'host',
    hint: 'attach by hand: --gdb prints the command',
    evidence: { output: all ?? '' },
  });
}

/** gdb takes what lies above the entry from user space for further frames. */
function withoutUserStack(text: string): string {
  const lines: string[] = [];
  let isBelow = false;
  for (const line of text.split('\n')) {
    if (!/^#\d+ /.test(line)) isBelow = false;
    if (!isBelow) lines.push(line);
    if (/^#\d+ .* in (entry_|asm_|ret_from_fork_asm)\w* /.test(line) && !line.includes(' in asm_sysvec'))
      isBelow = true;
  }
  return lines.join('\n');
}
