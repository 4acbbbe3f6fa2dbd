reordering=/proc/sys/net/ipv4/tcp_reordering
most=/proc/sys/net/ipv4/tcp_max_reordering
write() { if echo "$2" 2>/dev/null >"$1"; then echo accepted; else echo refused; fi; }
observe three "$(write $reordering 3)"
observe zero "$(write $reordering 0)"
observe aboveMaximum "$(write $reordering $(($(cat $most) + 1)))"
observe maximumZero "$(write $most 0)"
