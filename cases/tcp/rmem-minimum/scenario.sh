limits=/proc/sys/net/ipv4/tcp_rmem
write() { if echo "$1" 2>/dev/null >$limits; then echo accepted; else echo refused; fi; }
observe tooSmall "$(write '4095 131072 6291456')"
observe smallest "$(write '4096 131072 6291456')"
