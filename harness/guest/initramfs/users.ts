/** Users and groups of guests. The numbers are Debian's; test suites ask for these by name. */

/** /etc/passwd */
export const PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/:/bin/sh
bin:x:2:2:bin:/bin:/bin/sh
sys:x:3:3:sys:/dev:/bin/sh
user:x:1000:1000:user:/home/user:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/sh
`;

/** /etc/group */
export const GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
tty:x:5:
users:x:100:
user:x:1000:
nogroup:x:65534:
`;
