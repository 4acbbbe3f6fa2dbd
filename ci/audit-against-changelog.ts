/**
 * Whether audits agree with the published changelog: `node --import tsx ci/audit-against-changelog.ts [KERNEL …]` audits each kernel
 * (default: 6.12.57, 6.12.90 and 6.12.118) and sets each fix against the changelog of the newest of them. Prints the
 * disagreements; exit code 1 for one that ci/changelog/explained.ts does not explain, for an explanation that explains nothing, for a
 * kernel without an audit, and where hardly anything could be compared.
 */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { obtainChangelog } from '../harness/kernels/debian/changelog.ts';
import { type PlannedKernel, planPublished } from '../harness/kernels/resolve.ts';
import { AuditSchema } from '../harness/series/documents.ts';
import { newestOf, withoutAudit } from './changelog/asked-kernels.ts';
import { checkAudit } from './changelog/disagreements.ts';
import { EXPLAINED, explanationOf } from './changelog/explained.ts';

/** With so few of the fixes compared, something else is wrong. */
const LEAST = 0.5;

const [...asked] = process.argv.slice(2);
const specs = asked.length === 0 ? ['6.12.57', '6.12.90', '6.12.118'] : asked;
const progress = (message: string) => process.stderr.write(`${message}\n`);
const kconform = fileURLToPath(new URL('../harness/cli/kconform.mjs', import.meta.url));
const words = ['audit', '--json', ...specs.flatMap((spec) => ['--kernel', spec])];
const { stdout, exitCode } = await execa('node', [kconform, ...words], {
  reject: false,
  stderr: 'inherit',
  maxBuffer: 256 * 1024 * 1024,
});
if (stdout === '') throw new TypeError(`kconform ${words.join(' ')} ended with ${exitCode}`);
const audits = AuditSchema.parse(JSON.parse(stdout));
const planned: PlannedKernel[] = [];
for (const spec of specs) planned.push(...(await planPublished(spec, { progress })));
const newest = newestOf(planned);
if (newest === undefined) throw new TypeError('no kernel is published');
const changelog = await obtainChangelog(newest, { progress });
const explains = new Set<string>();
const missing = withoutAudit(planned, audits);
for (const { version } of missing) console.log(`${version}: there is no audit`);
let failed = missing.length > 0;
for (const { kernel, commits, failed: broken } of audits) {
  const { disagreements, compared, left } = checkAudit(kernel, commits, changelog);
  const fixes = commits.filter((one) => one.fixes).length;
  const enough = compared >= fixes * LEAST;
  console.log(
    `${kernel.version}: ${compared} of ${fixes} fixes compared with ${changelog.source}${enough ? '' : ': too few'}`,
  );
  for (const one of broken) console.log(`  says nothing: ${one.case}: ${one.why}`);
  for (const [why, all] of left) console.log(`  not compared, as ${why}: ${all.join('; ')}`);
  for (const disagreement of disagreements) {
    const { commit, cases, what } = disagreement;
    const reason = explanationOf(disagreement, kernel);
    if (reason !== undefined) explains.add(commit);
    console.log(`  ${reason === undefined ? 'DISAGREES' : 'explained'}: ${commit} (${cases.join(', ')}): ${what}`);
    if (reason !== undefined) console.log(`    ${reason}`);
    failed ||= reason === undefined;
  }
  failed ||= !enough;
}
// Of kernels that are named, not all disagree.
for (const commit of asked.length === 0 ? Object.keys(EXPLAINED).filter((one) => !explains.has(one)) : []) {
  console.log(`explained, and there is no disagreement: ${commit}`);
  failed = true;
}
process.exitCode = failed ? 1 : 0;
