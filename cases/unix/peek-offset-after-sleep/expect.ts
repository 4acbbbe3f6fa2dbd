import { expectation } from 'kconform';

export default expectation({
  about: 'two threads that wait with MSG_PEEK on a stream with SO_PEEK_OFF see different bytes',
  source: 'https://man7.org/linux/man-pages/man7/socket.7.html',
  outcome: {
    sameByte: false,
    // why: 2 is a failure of the set-up
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the offset is read before the thread sleeps, and not again',
      fix: 'af_unix: Read sk_peek_offset() again after sleeping in unix_stream_read_generic().',
      fixedIn: ['6.12.60'],
      instead: { sameByte: true, exitCode: 1 },
    },
  ],
});
