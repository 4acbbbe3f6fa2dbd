/** The titles of fixes that cases name by their hash, as the published changelog has them: it has no hashes. */
export const TITLES: Readonly<Record<string, string>> = {
  ee04cff9ed4d: 'bpf: Avoid RCU context warning when unpinning htab with internal structs',
  b93c55b4932d: 'bpf: fix UAF by restoring RCU-delayed inode freeing in bpffs',
};
