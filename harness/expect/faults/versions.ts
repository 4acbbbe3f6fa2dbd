import { branchOf, compareVersions } from '../../kernels/version.ts';
import type { Expectation, KnownBug } from '../expectation.ts';
import { isMatcher } from '../matchers/matchers.ts';
import { isRecord } from '../matchers/matches.ts';

/** Versions that are none, two for one branch, and windows in which no kernel lies. */
export function versionFaults({ versions, knownBugs = [], outcome }: Expectation): string[] {
  return [
    ...(versions === undefined ? [] : listFaults('versions', versions)),
    ...(versions?.length === 0 ? ['versions is empty, so that the case would never run'] : []),
    ...knownBugs.flatMap(bugFaults),
    ...fenceKeys([outcome, ...knownBugs.map(({ instead }) => instead)]).flatMap(wrongVersion),
  ];
}

function bugFaults({ title, introducedIn, fixedIn }: KnownBug): string[] {
  const who = `of the known bug "${title}"`;
  const empty = (introducedIn ?? []).filter((first) => {
    const fixed = fixedIn.find((version) => branchOf(version) === branchOf(first));
    return fixed !== undefined && compareVersions(first, fixed) >= 0;
  });
  return [
    ...listFaults(`fixedIn ${who}`, fixedIn),
    ...listFaults(`introducedIn ${who}`, introducedIn ?? []),
    ...(introducedIn?.length === 0 ? [`introducedIn ${who} is empty, so that no kernel has it`] : []),
    ...empty.map((version) => `introducedIn ${who} names ${version}, where it is fixed already`),
  ];
}

function listFaults(what: string, versions: readonly string[]): string[] {
  const branches = versions.map(branchOf);
  const twice = branches.find((branch, index) => branches.indexOf(branch) !== index);
  return [
    ...versions.flatMap((version) => wrongVersion(version).map((fault) => `${what}: ${fault}`)),
    ...(twice === undefined ? [] : [`${what} has two versions for ${twice}`]),
  ];
}

function wrongVersion(text: string): string[] {
  return /^\d+\.\d+(\.\d+)?(-rc\d+)?$/.test(text) ? [] : [`"${text}" is not a kernel version`];
}

function fenceKeys(tree: unknown): string[] {
  if (isMatcher(tree)) {
    if (tree.$matcher === 'byVersion') return [...Object.keys(tree.$with), ...fenceKeys(Object.values(tree.$with))];
    return fenceKeys(tree.$matcher === 'byConfig' ? [tree.$with.set, tree.$with.unset] : []);
  }
  if (Array.isArray(tree)) return tree.flatMap(fenceKeys);
  return isRecord(tree) ? Object.values(tree).flatMap(fenceKeys) : [];
}
