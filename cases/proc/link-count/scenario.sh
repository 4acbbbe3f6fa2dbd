# /proc/tty has the directories driver and ldisc, and files.
directories=0
for entry in /proc/tty/*; do
  if [ -d "$entry" ]; then directories=$((directories + 1)); fi
done
observe directories --json "$directories"
observe links --json "$(stat -c %h /proc/tty)"
