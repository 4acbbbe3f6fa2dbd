import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltSuite, SuiteTest } from '../built.ts';
import type { LtpSuite } from '../declaration.ts';
import { suiteError } from '../shape.ts';
import { type LtpMetadata, readMetadata } from './metadata.ts';
import { type RuntestLine, readRuntest } from './runtest.ts';

/** Programs of LTP look for each other and for their data by this variable. */
const ROOT = 'LTPROOT';

/**
 * The tests that runtest files of an installed LTP name. What ltp.json says of their programs becomes needs, limits and known fixes.
 * @param folder of the installed LTP on the host: /opt/ltp
 * @param place where it is put in the guest
 * @throws KC_SUITE (case) for a folder that is no LTP, or a runtest file that is missing
 */
export async function ltpSuite(fields: LtpSuite, folder: string, place: string): Promise<BuiltSuite> {
  const metadata = await metadataIn(folder);
  const tests: SuiteTest[] = [];
  for (const name of fields.runtest) {
    const file = join(folder, 'runtest', name);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) throw suiteError(`there is no ${file}`, 'runtest names files of the folder runtest of LTP');
    for (const line of readRuntest(text)) tests.push(testOf(name, line, place, metadata.get(line.program)));
  }
  const version = await readFile(join(folder, 'Version'), 'utf8').catch(() => undefined);
  return { source: version?.trim(), convention: 'ltp', machine: { files: [`${folder}:${place}`] }, tests };
}

function testOf(file: string, { tag, command }: RuntestLine, place: string, known: LtpMetadata | undefined): SuiteTest {
  const path = `${place}/testcases/bin`;
  const test = {
    name: `${file}/${tag}`,
    workdir: path,
    command: ['/bin/sh', '-c', `export ${ROOT}=${place} PATH=${path}:$PATH; ${command}`],
  };
  if (known === undefined) return test;
  const disks = known.needsDevice ? ['512M'] : [];
  return {
    ...test,
    ...(disks.length > 0 && { machine: { disks } }),
    modules: known.modules,
    config: known.config,
    fixes: known.fixes,
    cves: known.cves,
    ...(known.limitMs !== undefined && { limitMs: known.limitMs }),
    ...(known.needsDevice && { env: { LTP_DEV: '/dev/vda' } }),
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
  return text === undefined ? new Map() : readMetadata(text, file);
}
