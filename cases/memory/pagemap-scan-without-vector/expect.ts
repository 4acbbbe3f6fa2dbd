import { expectation } from 'kconform';

export default expectation({
  about: 'PAGEMAP_SCAN write-protects a part of a huge page also without a vector for its output',
  commit: '28aa29986dde',
  source: 'linux-mm, September 2025',
  versions: ['6.7'],
  needs: { config: ['TRANSPARENT_HUGEPAGE', 'PTE_MARKER_UFFD_WP'] },
  outcome: {
    huge: true, // only there the vector is written to
    scan: null,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'it writes to the vector that is not there',
      fix: 'fs/proc/task_mmu: check p->vec_buf for NULL',
      fixedIn: ['6.12.50'],
      instead: {},
      splats: [
        { kind: 'BUG', frame: 'pagemap_scan_pmd_entry' },
        { kind: 'GPF', frame: 'pagemap_scan_pmd_entry' }, // with KASAN
      ],
    },
  ],
});
