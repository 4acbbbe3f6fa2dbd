import { scenario, syscall } from 'kconform';

export default scenario(async ({ guest }) =>
  guest.root.errnos({ allocate: syscall('pkey_alloc', 0, 0), wrongFlags: syscall('pkey_alloc', 1, 0) }),
);
