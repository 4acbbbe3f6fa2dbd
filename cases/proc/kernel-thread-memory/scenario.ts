import { scenario } from 'kconform';

/** kthreadd, which has no memory of a user. */
const KTHREADD = 2;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const open = async (name: string) => (await root.open(`/proc/${KTHREADD}/${name}`)).errno;
  return {
    maps: await open('maps'),
    mem: await open('mem'),
    pagemap: await open('pagemap'),
    environ: await open('environ'),
  };
});
