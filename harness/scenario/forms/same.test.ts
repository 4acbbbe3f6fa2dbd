import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepare } from '../../authors/prepared.ts';
import { loadScenario } from '../../authors/scenarios.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import { type GuestSource, prepareEnvironment } from '../../run/environment.ts';
import { Transcript } from '../api/transcript.ts';

const { signal } = new AbortController();
let folder = '';
let guests: GuestSource;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-same-'));
  const kernel = await resolveKernel('6.12');
  const environment = await prepareEnvironment(kernel, undefined, () => undefined);
  guests = await environment.guestsOf({ kernel }, 'clone', () => undefined, signal);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs one form in a guest of its own. */
async function observe(name: string, text: string) {
  await writeFile(join(folder, name), text);
  await using machine = await guests.start(signal);
  await using scenario = await prepare(await loadScenario(join(folder, name)));
  return await scenario.run({ agent: machine.agent, transcript: new Transcript(), signal });
}

const MOUNT = {
  ts: `
    import { scenario } from 'kconform';
    export default scenario(async ({ guest }) => {
      await guest.$\`mount -t bpf -o uid=65534,gid=1000,mode=0750 bpffs /mnt\`;
      const { uid, gid, mode } = await guest.stat('/mnt');
      const options = await guest.mountOptions('/mnt');
      await guest.root.umount('/mnt');
      const refused = (await guest.root.mount('bpffs', '/mnt', 'bpf', 0, 'uid=-1')).errno;
      return { root: { uid, gid, mode }, options, refused };
    });`,
  sh: `
    mount -t bpf -o uid=65534,gid=1000,mode=0750 bpffs /mnt
    observe root.uid --json "$(stat -c %u /mnt)"
    observe root.gid --json "$(stat -c %g /mnt)"
    observe root.mode --json "$((0x$(stat -c %f /mnt)))"
    grep ' /mnt ' /proc/mounts | cut -d' ' -f4 | observe options
    umount /mnt
    case $(mount -t bpf -o uid=-1 bpffs /mnt 2>&1) in
      *'Invalid argument'*) observe refused EINVAL ;;
      *) observe refused --json null ;;
    esac`,
  c: `
    #include <mntent.h>
    #include <sys/mount.h>
    #include <sys/stat.h>
    #include "kconform.h"
    int main(void)
    {
      struct stat st;
      FILE *mounts = setmntent("/proc/mounts", "r");
      struct mntent *entry;
      if (mount("bpffs", "/mnt", "bpf", 0, "uid=65534,gid=1000,mode=0750") || stat("/mnt", &st))
        return 1;
      observe("root.uid", st.st_uid);
      observe("root.gid", st.st_gid);
      observe("root.mode", st.st_mode);
      while ((entry = getmntent(mounts)))
        if (!strcmp(entry->mnt_dir, "/mnt"))
          observe("options", entry->mnt_opts);
      umount("/mnt");
      observe_errno("refused", mount("bpffs", "/mnt", "bpf", 0, "uid=-1"));
      return 0;
    }`,
};

const UNPIN = {
  ts: `
    import { bpf, scenario } from 'kconform';
    export default scenario(async ({ guest: { root } }) => {
      await root.mount('bpffs', '/mnt', 'bpf');
      const map = (await root.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY }))).fd;
      const { attribute, info } = bpf.objInfo(map);
      const { contents } = await root.batch([{ name: 'bpf', args: [bpf.CMD.OBJ_GET_INFO_BY_FD, attribute, 16] }]);
      const id = contents.get(info).readUInt32LE(4);
      const pinned = (await root.bpf(bpf.CMD.OBJ_PIN, bpf.objPath('/mnt/pin', map))).errno;
      await map.close();
      const again = await root.bpf(bpf.CMD.MAP_GET_FD_BY_ID, bpf.byId(id));
      await root.close(again.value);
      const unlinked = (await root.unlink('/mnt/pin')).errno;
      const afterwards = (await root.bpf(bpf.CMD.MAP_GET_FD_BY_ID, bpf.byId(id))).errno;
      return { pinned, whilePinned: again.errno, unlinked, afterwards };
    });`,
  sh: `
    mount -t bpf bpffs /mnt
    bpftool map create /mnt/pin type array key 4 value 4 entries 1 name pinned
    observe pinned --json null
    shown=$(bpftool map show pinned /mnt/pin)
    bpftool map show id "\${shown%%:*}" >/dev/null
    observe whilePinned --json null
    rm /mnt/pin
    observe unlinked --json null
    case $(bpftool map show id "\${shown%%:*}" 2>&1 || true) in
      *'No such file'*) observe afterwards ENOENT ;;
      *) observe afterwards --json null ;;
    esac`,
  c: `
    #include <linux/bpf.h>
    #include <stdint.h>
    #include <sys/mount.h>
    #include <sys/syscall.h>
    #include "kconform.h"
    static int bpf(int command, union bpf_attr *attr) { return syscall(__NR_bpf, command, attr, sizeof(*attr)); }
    int main(void)
    {
      union bpf_attr map = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1 };
      struct bpf_map_info info = { 0 };
      union bpf_attr ask = { 0 }, pin = { 0 }, get = { 0 };
      int fd, again;
      if (mount("bpffs", "/mnt", "bpf", 0, 0))
        return 1;
      fd = bpf(BPF_MAP_CREATE, &map);
      ask.info.bpf_fd = fd;
      ask.info.info_len = sizeof(info);
      ask.info.info = (uintptr_t)&info;
      if (fd < 0 || bpf(BPF_OBJ_GET_INFO_BY_FD, &ask))
        return 2;
      pin.pathname = (uintptr_t)"/mnt/pin";
      pin.bpf_fd = fd;
      observe_errno("pinned", bpf(BPF_OBJ_PIN, &pin));
      close(fd);
      get.map_id = info.id;
      again = bpf(BPF_MAP_GET_FD_BY_ID, &get);
      observe_errno("whilePinned", again);
      close(again);
      observe_errno("unlinked", unlink("/mnt/pin"));
      observe_errno("afterwards", bpf(BPF_MAP_GET_FD_BY_ID, &get));
      return 0;
    }`,
};

const ended = { exitCode: 0, signal: null, output: '' };

test.each([
  [
    'uid and gid of a mount',
    MOUNT,
    {
      root: { uid: 65534, gid: 1000, mode: 0o41750 },
      options: 'rw,relatime,uid=65534,gid=1000,mode=750',
      refused: 'EINVAL',
    },
  ],
  ['unpinning', UNPIN, { pinned: null, whilePinned: null, unlinked: null, afterwards: 'ENOENT' }],
])('the same observations in TypeScript, shell and C: %s', async (name, forms, expected) => {
  expect(await observe(`${name}.ts`, forms.ts)).toEqual(expected);
  expect(await observe(`${name}.sh`, forms.sh)).toEqual({ ...expected, ...ended });
  expect(await observe(`${name}.c`, forms.c)).toEqual({ ...expected, ...ended });
});
