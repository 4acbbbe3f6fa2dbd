import { expectation } from 'kconform';

const link = 'https://patch.msgid.link/20260506135935.2420124-1-maoyixie.tju@gmail.com';

export default expectation({
  about: "an absolute timeout of io_uring is a time of the caller's time namespace",
  source: 'test/timens-abs-timer.c of liburing',
  versions: ['6.12'],
  needs: { config: ['IO_URING', 'TIME_NS'] },
  outcome: {
    initial: { request: true, enter: true },
    namespace: { request: true, enter: true },
    exitCode: 0,
    signal: null,
    output: '',
  },
  // Both fixes are in mainline, and shown by 7.3. No stable update of 6.12 has them, up to 6.12.118.
  knownBugs: [
    {
      title: 'a request fires at once: its time is read as one of the initial namespace',
      fix: '9cc6bac1bebf',
      fixedIn: ['7.3'],
      link,
      instead: { 'namespace.request': false },
    },
    {
      title: 'io_uring_enter returns at once: its time is read as one of the initial namespace',
      fix: '45d2b37a37ab',
      fixedIn: ['7.3'],
      link,
      instead: { 'namespace.enter': false },
    },
  ],
});
