import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { noRoomFor, scratchFolder } from '../../cache/scratch-folder.ts';
import { KconformError } from '../../errors/error.ts';
import { type KernelHeaders, newestKernelHeaders } from '../../kernels/debian/kernel-headers.ts';
import { machineInComments } from '../../machine/words.ts';
import { type Scenario, scenario } from '../api/scenario.ts';
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

const HOST_HEADERS = "the host's kernel headers";

function nameOf(headers: KernelHeaders | KconformError): string {
  return headers instanceof Error ? HOST_HEADERS : headers.name;
}

/**
 * A scenario in C: compiled on this machine, static and with warnings, when it is first run; `observe("name", value)` of
 * kconform.h records observations. Its exit code, its signal and its output are observations too, so that a reproducer needs
 * no change.
 * @throws KC_C_NOT_COMPILED (case), when it is compiled or first run, in the compiler's words; KC_TOOL_MISSING (host)
 */
export async function cScenario(file: string): Promise<Scenario> {
  const source = await readFile(file, 'latin1');
  let compiled: Promise<Compiled> | undefined;
  const compileOnce = () => {
    compiled ??= compile(resolve(file));
    return compiled;
  };
  const program = scenario(async (context) => {
    const { bytes, warnings } = await compileOnce();
    if (warnings !== '') context.onNotice?.(warnings);
    const program = { path: PATH_IN_GUEST, bytes, command: [PATH_IN_GUEST], runsForMs: runsForMs(source) };
    const { outcome, observed } = await runProgram(program, context);
    return { ...observed, ...outcome };
  });
  const machine = machineInComments(source, file);
  return { ...program, machine, compile: async () => (await compileOnce()).with };
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
  let result = await preprocess(systemFolders(headers));
  if (result.exitCode === undefined) throw missing('there is no C compiler: cc', 'gcc libc6-dev');
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

interface Compiled {
  readonly bytes: Buffer;
  /** What the compiler said although it compiled. */
  readonly warnings: string;
  /** `linux-libc-dev 7.2.13-1 (sid)` */
  readonly with: string;
}

/**
 * The options that reproducers are written for, as syzkaller gives them, and warnings. Position independent: Linux 6.12 starts the heap
 * of another static program up to 1 GiB behind it, and reproducers map fixed addresses there (0x20000000 for syzkaller's). 28 of
 * 1,500 programs had their heap in those 16 MiB, and ended by SIGSEGV.
 */
const OPTIONS = ['-static-pie', '-fPIE', '-pthread', '-O1', '-s', '-Wall', '-Wextra', '-Wno-unused-parameter'];

/**
 * Compiled with the newest kernel headers; with the host's where there are none, or where the file compiles with those alone.
 * @throws as cScenario
 */
async function compile(file: string): Promise<Compiled> {
  const headers = await newestKernelHeaders();
  const withNewest = await compileWith(file, systemFolders(headers));
  if ('bytes' in withNewest) {
    const notice = headers instanceof Error ? hostHeadersNotice(headers) : '';
    return { ...withNewest, warnings: `${notice}${withNewest.warnings}`, with: nameOf(headers) };
  }
  if (headers instanceof Error) throw notCompiled(file, withNewest.said, headers);
  const withHosts = await compileWith(file, []);
  if (!('bytes' in withHosts)) throw notCompiled(file, withNewest.said, headers);
  const why = `${basename(file)} does not compile with ${headers.name}: ${firstError(withNewest.said)}`;
  return { ...withHosts, warnings: `${why}; ${HOST_HEADERS} are used\n${withHosts.warnings}`, with: HOST_HEADERS };
}

async function compileWith(
  file: string,
  system: readonly string[],
): Promise<Omit<Compiled, 'with'> | { readonly said: string }> {
  const scratch = scratchFolder('kconform-c-');
  try {
    const output = join(scratch, 'scenario');
    const result = await execa('cc', [...OPTIONS, '-I', HEADERS, ...system, '-o', output, file, '-lm'], {
      cwd: dirname(file),
      env: { TMPDIR: scratch }, // the compiler's own temporary files; a relative TMPDIR means another folder there
      reject: false,
      all: true,
    });
    if (result.exitCode === undefined) throw missing('there is no C compiler: cc', 'gcc libc6-dev');
    if (result.exitCode === 0) return { bytes: await readFile(output), warnings: result.all };
    const noRoom = noRoomFor(result.all);
    if (noRoom !== undefined) throw noRoom;
    if (/cannot find -l(c|m|pthread)\b/.test(result.all)) throw missing('there is no static C library', 'libc6-dev');
    return { said: result.all };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Before the host's own: of the C library's headers none is in these folders. */
function systemFolders(headers: KernelHeaders | KconformError): string[] {
  return headers instanceof Error ? [] : headers.folders.flatMap((folder) => ['-isystem', folder]);
}

let told = false;

/** Once in a process. */
function hostHeadersNotice({ message }: KconformError): string {
  if (told) return '';
  told = true;
  return `${message}; programs in C are compiled with ${HOST_HEADERS}\n`;
}

function notCompiled(file: string, said: string, headers: KernelHeaders | KconformError): KconformError {
  const why = headers instanceof Error ? `; ${headers.message}` : '';
  return new KconformError(`${file} does not compile: ${firstError(said)}`, {
    code: 'KC_C_NOT_COMPILED',
    blame: 'case',
    hint: `compiled with ${nameOf(headers)}${why}`,
    evidence: { output: said },
  });
}

function firstError(said: string): string {
  const line = said.split('\n').find((candidate) => /\b(error|undefined reference)\b/.test(candidate)) ?? said;
  return line.replace(/^\S*\/(?=[^/\s]+:\d+)/, '').trim();
}

function missing(what: string, packages: string): KconformError {
  return new KconformError(what, { code: 'KC_TOOL_MISSING', blame: 'host', hint: `apt-get install ${packages}` });
}
