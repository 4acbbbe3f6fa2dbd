# A synthetic event takes a stack trace from another synthetic event, and is then enabled.
cd /sys/kernel/tracing
echo 's:stack unsigned long stack[];' > dynamic_events
echo 'hist:keys=prev_pid:s0=common_stacktrace if prev_state & 3' >> events/sched/sched_switch/trigger
echo 'hist:keys=next_pid:s1=$s0:onmatch(sched.sched_switch).trace(stack,$s1)' >> events/sched/sched_switch/trigger
echo 's:syscall_stack s64 id; unsigned long stack[];' >> dynamic_events
echo 'hist:keys=common_pid:s2=stack' >> events/synthetic/stack/trigger
echo 'hist:keys=common_pid:s3=$s2,i0=id:onmatch(synthetic.stack).trace(syscall_stack,$i0,$s3)' >> events/raw_syscalls/sys_exit/trigger
echo 1 > events/synthetic/syscall_stack/enable
# The second event needs a process that runs before one that slept, and then returns from a system call: two take turns.
mkfifo /tmp/there /tmp/back
while read -r turn; do echo "$turn"; done < /tmp/there > /tmp/back &
exec 3> /tmp/there 4< /tmp/back
for turn in $(seq 100); do
  echo "$turn" >&3
  read -r turn <&4
done
exec 3>&-
echo 0 > events/synthetic/syscall_stack/enable
observe seen --json "$([ "$(grep -c syscall_stack: trace)" -gt 0 ] && echo true || echo false)"
