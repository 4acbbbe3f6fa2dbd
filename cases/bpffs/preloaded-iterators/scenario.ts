import { scenario } from 'kconform';

/** No kernel that is published has CONFIG_BPF_PRELOAD_UMD; profile plain has. */
export default scenario(async ({ guest }) => {
  await guest.$`mkdir /tmp/a /tmp/b && mount -t bpf bpffs /tmp/a && mount -t bpf bpffs /tmp/b`;
  const seen = async (name: string) => ({
    modes: [await guest.stat(`/tmp/a/${name}`), await guest.stat(`/tmp/b/${name}`)].map(({ mode }) => mode.toString(8)),
    header: (await guest.readFile(`/tmp/a/${name}`)).split('\n')[0] ?? '',
  });
  return { maps: await seen('maps.debug'), programs: await seen('progs.debug') };
});
