import { expectation } from 'kconform';

export default expectation({
  about: 'PAGEMAP_SCAN write-protects a part of a mapping of huge pages that nobody has touched',
  versions: ['6.7'],
  needs: { config: ['HUGETLB_PAGE', 'USERFAULTFD', 'PTE_MARKER_UFFD_WP'] },
  machine: { memory: '512M' },
  outcome: {
    ended: true,
    status: 0,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the process waits for ever for a lock that it holds itself',
      fix: 'fs/proc/task_mmu: fix hugetlb self-deadlock in pagemap_scan_pte_hole()',
      fixedIn: ['6.12.97'],
      instead: { ended: false, status: -1 },
    },
  ],
});
