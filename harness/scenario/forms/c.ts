import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';
import { newestKernelHeaders } from '../../kernels/debian/kernel-headers.ts';
import { machineInComments } from '../../machine/words.ts';
import { scenario } from '../api/scenario.ts';
import {
  foldersOf,
  type Made,
  missingTool,
  nameOf,
  notCompiled,
  outputIn,
  runCompiler,
  withNewestHeaders,
} from '../programs/compiler.ts';
import { cInputs } from './c-inputs.ts';
import { type CommandContext, isLeftToChance, LEFT_TO_CHANCE, type ProgramScenario } from './inputs.ts';
import { runProgram, runsForMs } from './program.ts';

const HEADERS = fileURLToPath(new URL('../c', import.meta.url));
const PATH_IN_GUEST = '/run/kconform/scenario';

/**
 * What {@link cScenario} compiles with besides the file and the host's compiler: a name of the kernel headers.
 * @throws as newestKernelHeaders
 */
export async function headersName(): Promise<string> {
  return nameOf(await newestKernelHeaders());
}

/**
 * A scenario in C: compiled on this machine, static and with warnings, when it is first run; `observe("name", value)` of
 * kconform.h records observations. Its exit code, its signal and its output are observations too, so that a reproducer needs
 * no change.
 * @throws KC_C_NOT_COMPILED (case), when it is compiled or first run, in the compiler's words; KC_TOOL_MISSING (host)
 */
export async function cScenario(file: string): Promise<ProgramScenario> {
  const source = await readFile(file, 'latin1');
  let compiled: Promise<Made<Buffer>> | undefined;
  const compileOnce = () => {
    compiled ??= compile(resolve(file));
    return compiled;
  };
  const runCommand = async (context: CommandContext) => {
    const { made, warnings } = await compileOnce();
    if (warnings !== '') context.onNotice?.(warnings);
    const program = { path: PATH_IN_GUEST, bytes: made, command: [PATH_IN_GUEST], runsForMs: runs };
    const { outcome, observed } = await runProgram(program, context);
    return { ...observed, ...outcome };
  };
  const machine = machineInComments(source, file);
  const runs = runsForMs(source);
  const inputs = async () =>
    isLeftToChance(source)
      ? LEFT_TO_CHANCE
      : cInputs(resolve(file), [...OPTIONS, '-I', HEADERS], asSystem(foldersOf(await newestKernelHeaders())));
  const compileOnly = async () => (await compileOnce()).with;
  return { ...scenario(runCommand), runCommand, runsForMs: runs, machine, compile: compileOnly, inputs };
}

/**
 * The headers that a file in C includes from its own folder or from below it, directly or through one another, relative to that
 * folder. kconform.h and the system's headers are not among them.
 * @throws KC_C_NOT_COMPILED (case); KC_C_HEADER_OUTSIDE (case) for one that is elsewhere; KC_TOOL_MISSING (host)
 */
export async function localHeaders(file: string): Promise<string[]> {
  const source = resolve(file);
  const folder = dirname(source);
  // The preprocessor names each file that it read in a line `# LINE "FILE" FLAGS`; flag 3 marks those of the system.
  const headers = await newestKernelHeaders();
  const preprocess = (system: readonly string[]) =>
    execa('cc', ['-E', '-I', HEADERS, ...system, source], { cwd: folder, reject: false });
  let result = await preprocess(asSystem(foldersOf(headers)));
  if (result.exitCode === undefined) throw missingTool('there is no C compiler: cc', 'gcc libc6-dev');
  const said = result.stderr;
  if (result.exitCode !== 0) result = await preprocess([]);
  if (result.exitCode !== 0) throw notCompiled(file, said, headers);
  const local = new Set<string>();
  for (const [, name = '', flags = ''] of result.stdout.matchAll(/^# \d+ ("(?:[^"\\]|\\.)*")((?: \d)*)$/gm)) {
    const path = resolve(folder, JSON.parse(name));
    const ofSystem = flags.split(' ').includes('3') || basename(path).startsWith('<') || path === folder;
    if (ofSystem || path === source || dirname(path) === resolve(HEADERS)) continue;
    local.add(relative(folder, path));
  }
  const outside = [...local].filter((path) => path.startsWith('..'));
  if (outside.length > 0) {
    throw new KconformError(`${file} includes ${outside.join(', ')}, which is not in its folder`, {
      code: 'KC_C_HEADER_OUTSIDE',
      blame: 'case',
      hint: 'put a copy beside the file, and include that',
    });
  }
  return [...local].sort();
}

/**
 * The options that reproducers are written for, as syzkaller gives them, and warnings. Position independent: Linux 6.12 starts the heap
 * of another static program up to 1 GiB behind it, and reproducers map fixed addresses there (0x20000000 for syzkaller's). 28 of
 * 1,500 programs had their heap in those 16 MiB, and ended by SIGSEGV.
 */
const OPTIONS = ['-static-pie', '-fPIE', '-pthread', '-O1', '-s', '-Wall', '-Wextra', '-Wno-unused-parameter'];

/** @throws as cScenario */
function compile(file: string): Promise<Made<Buffer>> {
  return withNewestHeaders(file, (folders) =>
    runCompiler({
      command: 'cc',
      folder: dirname(file),
      words: (scratch) => [
        ...OPTIONS,
        ...['-I', HEADERS, ...asSystem(folders)],
        ...['-o', outputIn(scratch), file, '-lm'],
      ],
      take: (scratch) => readFile(outputIn(scratch)),
    }),
  );
}

function asSystem(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => ['-isystem', folder]);
}
