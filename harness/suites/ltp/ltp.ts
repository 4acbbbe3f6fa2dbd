import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltSuite, SuiteOptions, SuiteTest } from '../built.ts';
import type { LtpSuite } from '../declaration.ts';
import { modulesByOption } from '../modules-by-option.ts';
import { suiteError } from '../shape.ts';
import { obtainPrograms } from './install.ts';
import { type LtpMetadata, readMetadata, TIMEOUT_FACTOR, UNKNOWN } from './metadata.ts';
import { type RuntestLine, readRuntest } from './runtest.ts';

/** Programs of LTP look for each other and for their data by this variable. */
const ROOT = 'LTPROOT';
const RUNTEST = 'runtest';
/**
 * Tests that need a module look for it in /lib/modules (lib/tst_kernel.c), where guests have nothing: what is loaded, and what /sys/module
 * has of the kernel itself.
 */
const LISTS_OF_MODULES = `(
  folder=/lib/modules/$(uname -r); [ -e $folder/modules.dep ] && exit; mkdir -p $folder
  while read name rest; do echo kernel/$name.ko:; done </proc/modules >$folder/modules.dep
  for path in /sys/module/*; do [ -e $path/initstate ] || echo kernel/\${path##*/}.ko; done >$folder/modules.builtin
)`;
/** Enough for the file systems that need most (btrfs, xfs). */
const DISK_MIB = 512;

/**
 * The tests that runtest files of an installed LTP name. What ltp.json says of their programs becomes needs, limits and known fixes.
 * @param folder of the installed LTP on the host: /opt/ltp
 * @param place where it is put in the guest
 * @throws KC_SUITE (case) for a folder that is no LTP, or a runtest file that is missing; as obtainPrograms
 */
export async function ltpSuite(
  fields: LtpSuite,
  folder: string,
  place: string,
  options: SuiteOptions,
): Promise<BuiltSuite> {
  const metadata = await metadataIn(folder);
  const chosen = new Map<string, readonly RuntestLine[]>();
  for (const name of fields.runtest) chosen.set(name, await linesOf(folder, name));
  const all: RuntestLine[] = [];
  for (const name of await readdir(join(folder, RUNTEST))) all.push(...(await linesOf(folder, name)));
  const copy = await obtainPrograms({ folder, all, chosen: [...chosen.values()].flat() }, options);
  const version = await readFile(join(folder, 'Version'), 'utf8').catch(() => undefined);
  const tests = [...chosen].flatMap(([file, lines]) =>
    lines.map((line) => testOf(file, line, place, metadata.get(line.program))),
  );
  return {
    source: version?.trim(),
    convention: 'ltp',
    machine: { files: [`${join(copy, 'testcases')}:${place}/testcases`] },
    tests,
  };
}

async function linesOf(folder: string, name: string): Promise<RuntestLine[]> {
  const file = join(folder, RUNTEST, name);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw suiteError(`there is no ${file}`, 'runtest names files of the folder runtest of LTP');
  return readRuntest(text);
}

function testOf(file: string, { tag, command }: RuntestLine, place: string, known: LtpMetadata | undefined): SuiteTest {
  const path = `${place}/testcases/bin`;
  const settings = `export ${ROOT}=${place} LTP_TIMEOUT_MUL=${TIMEOUT_FACTOR} LTP_VIRT_OVERRIDE=kvm PATH=${path}:$PATH`;
  const test = {
    name: `${file}/${tag}`,
    workdir: path,
    command: ['/bin/sh', '-c', `${LISTS_OF_MODULES}\n${settings}\n${command}`],
  };
  // Tests of the old library, and scripts, have no metadata. Some of them want a device.
  const { deviceMiB, cpus, modules, config, fixes, cves, limitMs } = known ?? UNKNOWN;
  const machine = {
    ...(deviceMiB !== undefined && { disks: [`${Math.max(DISK_MIB, deviceMiB)}M`] }),
    ...(cpus !== undefined && { cpus }),
  };
  return {
    ...test,
    ...(Object.keys(machine).length > 0 && { machine }),
    modules,
    config,
    fixes,
    cves,
    limitMs,
    ...(deviceMiB !== undefined && { env: { LTP_DEV: '/dev/vda' } }),
  };
}

async function metadataIn(folder: string): Promise<ReadonlyMap<string, LtpMetadata>> {
  const isLtp = await stat(join(folder, 'testcases/bin')).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!isLtp)
    throw suiteError(`${folder} is no installed LTP: it has no testcases/bin`, 'make install PREFIX=/opt/ltp');
  const file = join(folder, 'metadata/ltp.json');
  const text = await readFile(file, 'utf8').catch(() => undefined); // older versions install none
  return text === undefined ? new Map() : readMetadata(text, file, await modulesByOption());
}
