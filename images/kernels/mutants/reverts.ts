import { editsOf, mutants } from 'kconform';

const inode = editsOf('kernel/bpf/inode.c');
const syscall = editsOf('kernel/bpf/syscall.c');

/**
 * The subject's commits, each with its effect undone. Two have none to undo: f157f9cb85b4 writes the same characters another
 * way, and what d17aff807f84 reverted is all there again.
 */
export default mutants([
  {
    id: 'revert/unpin-in-caller',
    undoes: 'ee04cff9ed4d',
    breaks: ['unpin/map-at-once', 'unpin/rename-over', 'unpin/umount', 'unpin/hard-link', 'unpin/o-path'],
    edits: [
      inode('.destroy_inode\t= bpf_destroy_inode,', ''),
      inode('if (S_ISLNK(inode->i_mode))', 'bpf_destroy_inode(inode);\n\tif (S_ISLNK(inode->i_mode))'),
    ],
    mustFail: {
      'bpffs/unpin-releases-at-once': [
        'hash.afterwards',
        'array.afterwards',
        'hashWithTimer.afterwards',
        'hashWithTimerNotPreallocated.afterwards',
        'lruHashWithTimer.afterwards',
        'program.afterwards',
      ],
      'bpffs/unpin-victims': [
        'renameOver.replaced',
        'secondUnlink.map',
        'closePath.map',
        'umount.map',
        'umount.program',
      ],
      'bpffs/unpin-timers-and-workqueues': [
        'timer.hash',
        'timer.hashNotPreallocated',
        'timer.lruHash',
        'workqueue.hash',
        'workqueue.hashNotPreallocated',
        'workqueue.lruHash',
      ],
      'bpffs/unpin-ways-quietly': ['released.lastLink', 'released.renameOver', 'released.umount'],
    },
  },
  {
    id: 'revert/inode-grace-period',
    undoes: '53649846e043',
    breaks: ['unpin/inode-grace-period', 'unpin/symlink-grace-period'],
    edits: [
      inode('.free_inode\t= bpf_free_inode,', ''),
      inode(
        'static void bpf_destroy_inode(struct inode *inode)',
        'static void bpf_free_inode(struct inode *inode);\nstatic void bpf_destroy_inode(struct inode *inode)',
      ),
      inode('bpf_any_put(inode->i_private, type);', 'bpf_any_put(inode->i_private, type);\n\tbpf_free_inode(inode);'),
    ],
    mustFail: { 'bpffs/unpin-grace-period': ['symlink', 'pin'] },
  },
  {
    id: 'revert/option-string',
    undoes: '1f97c03f43fa',
    breaks: ['strings/freed-number', 'strings/freed-refused'],
    edits: [inode('while ((p = strsep(&str, ":")))', 'while ((p = strsep(&param->string, ":")))')],
    mustFail: {
      'bpffs/fsconfig-string-leak': ['accepted.grownKiB', 'rejected.grownKiB'],
      'bpffs/fsconfig-string-leak-kmemleak': [''],
    },
  },
  {
    id: 'revert/symbolic-names',
    undoes: '6c1752e0b6ca',
    breaks: ['delegation/names', 'delegation/names-shown', 'delegation/aliases'],
    edits: [inode('if (!btf || !enum_t)', 'if (true)'), inode('if (btf && enum_t) {', 'if (false) {')],
    mustFail: {
      'bpffs/delegate-names': ['accepted.delegate_cmds=prog_load', 'accepted.delegate_maps=ARRAY:hash'],
      'bpffs/delegate-numbers': ['shown.delegate_cmds=0x1'],
      'bpffs/delegate-together': ['afterRefusal'],
    },
  },
  {
    id: 'revert/program-token',
    undoes: 'caf8f28e036c',
    breaks: ['token-program/delegated', 'recognised/flags'],
    edits: [syscall('BPF_F_TEST_REG_INVARIANTS |\n\t\t\t\t BPF_F_TOKEN_FD))', 'BPF_F_TEST_REG_INVARIANTS))')],
    mustFail: {
      'token/prog-types-by-bit': ['delegated.xdp', 'delegated.kprobe'],
      'token/outside-its-namespace': ['inside.program'],
      'token/lsm-command': ['allAllowed.program'],
      'token/interface-present': ['closedToken.program'],
    },
  },
  {
    id: 'revert/map-token',
    undoes: 'a177fc2bf6fd',
    breaks: ['token-map/delegated', 'recognised/flags'],
    edits: [
      syscall('token_flag = attr->map_flags & BPF_F_TOKEN_FD;', 'token_flag = false;'),
      syscall('attr->map_flags &= ~BPF_F_TOKEN_FD;', ''),
    ],
    mustFail: {
      'token/outside-its-namespace': ['inside.map'],
      'token/lsm-command': ['allAllowed.map'],
      'token/special-fields': ['withToken.timer', 'withToken.plain'],
      'token/interface-present': ['closedToken.map'],
    },
  },
  {
    id: 'revert/token-object',
    undoes: '35f96de04127',
    breaks: ['token/create', 'recognised/command'],
    edits: [syscall('err = token_create(&attr);', 'err = -EINVAL;')],
    mustFail: {
      'token/create-delegation': ['commands', 'maps', 'programs', 'attachments'],
      'token/create-attribute': ['flags.none'],
      'token/interface-present': ['command.create', 'command.createOfClosed'],
    },
  },
  {
    id: 'revert/delegation-options',
    undoes: '6fe01d3cbb92',
    breaks: ['delegation/cmds', 'delegation/maps', 'delegation/progs', 'delegation/attachs', 'recognised/delegation'],
    edits: [
      inode('fsparam_string\t("delegate_cmds",\t\tOPT_DELEGATE_CMDS),', ''),
      inode('fsparam_string\t("delegate_maps",\t\tOPT_DELEGATE_MAPS),', ''),
      inode('fsparam_string\t("delegate_progs",\t\tOPT_DELEGATE_PROGS),', ''),
      inode('fsparam_string\t("delegate_attachs",\t\tOPT_DELEGATE_ATTACHS),', ''),
    ],
    mustFail: {
      'bpffs/delegate-numbers': ['cmds', 'maps', 'progs', 'attachs'].map((option) => `shown.delegate_${option}=any`),
      'token/interface-present': ['delegation.cmds', 'delegation.maps', 'delegation.progs', 'delegation.attachs'],
      'token/delegation-flow': ['objects.push', 'mountedByChild.token'],
    },
  },
  {
    id: 'revert/owner-options',
    undoes: 'b08c8fc0411d',
    breaks: ['mount/owner', 'mount/owner-refused', 'recognised/owner'],
    edits: [inode('fsparam_u32\t("uid",\t\t\t\tOPT_UID),', ''), inode('fsparam_u32\t("gid",\t\t\t\tOPT_GID),', '')],
    mustFail: {
      'bpffs/mount-owner': ['accepted.uid=1000.owner', 'accepted.gid=1000.owner', 'refused.uid=-1', 'refused.gid=abc'],
      'token/interface-present': ['owner.uid', 'owner.gid'],
    },
  },
]);
