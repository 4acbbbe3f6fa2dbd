import { editsOf, mutants } from 'kconform';

const inode = editsOf('kernel/bpf/inode.c');
const mustFail = { 'bpffs/leaks-nothing': [''] };

/** What is taken and not given back; where it is done or refused, only a kernel with kmemleak sees all of it. */
export default mutants([
  {
    id: 'memory/superblock-options',
    breaks: ['memory/mounts'],
    edits: [inode('kill_litter_super(sb);\n\tkfree(opts);', 'kill_litter_super(sb);')],
    mustFail,
  },
  {
    id: 'memory/context-options',
    breaks: ['memory/mounts'],
    edits: [inode('kfree(fc->s_fs_info);', '')],
    mustFail,
  },
  {
    id: 'memory/symlink-target',
    breaks: ['memory/names'],
    edits: [inode('kfree(inode->i_link);', ';')],
    mustFail,
  },
  {
    id: 'memory/map-iterator',
    breaks: ['memory/pins', 'memory/map-files'],
    edits: [inode('map_iter_free(map_iter(m));', '')],
    mustFail: { ...mustFail, 'bpffs/map-file-leak': ['grownKiB'] },
  },
  {
    id: 'memory/token',
    breaks: ['memory/tokens'],
    edits: [editsOf('kernel/bpf/token.c')('kfree(token);', '')],
    mustFail,
  },
  {
    id: 'memory/symlink-target-without-an-inode',
    breaks: ['memory/exhausted'],
    edits: [inode('kfree(link);\n\t\treturn PTR_ERR(inode);', 'return PTR_ERR(inode);')],
    mustFail: { 'bpffs/out-of-memory': ['grown.symlink'] },
  },
  {
    id: 'memory/map-iterator-without-a-file',
    breaks: ['memory/exhausted'],
    edits: [inode('map_iter_free(iter);\n\t\treturn err;', 'return err;')],
    mustFail: { 'bpffs/out-of-memory': ['grown.read'] },
  },
]);
