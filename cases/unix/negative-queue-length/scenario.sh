queue=/proc/sys/net/unix/max_dgram_qlen
write() { if echo "$1" 2>/dev/null >$queue; then echo accepted; else echo refused; fi; }
observe negative "$(write -1)"
observe zero "$(write 0)"
observe ten "$(write 10)"
