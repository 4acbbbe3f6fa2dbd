import { GuestBuffer, MAP, memory, PROT, scenario, syscall } from 'kconform';

const PAGE = 4096;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const memfd = await root.syscall('memfd_create', 'sealed', memory.MFD.ALLOW_SEALING | memory.MFD.EXEC);
  const seal = (seals: number) => syscall('fcntl', memfd.value, memory.F.ADD_SEALS, seals);
  await root.syscall('ftruncate', memfd.value, PAGE);
  const mapped = await root.syscall('mmap', null, PAGE, PROT.READ | PROT.WRITE, MAP.SHARED, memfd.value, 0);
  const whileMapped = await root.errnos({ exec: seal(memory.SEAL.EXEC), write: seal(memory.SEAL.WRITE) });
  const written = await root.batch([syscall('pread64', memfd.value, new GuestBuffer(Buffer.alloc(1), true), 1, 0)]);
  await root.syscall('munmap', mapped.value, PAGE);
  return {
    mapped: mapped.errno,
    whileMapped,
    read: written.calls[0]?.last.errno,
    unmapped: await root.errnos({ exec: seal(memory.SEAL.EXEC) }),
  };
});
