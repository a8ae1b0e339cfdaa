#!/bin/sh
# Whichever system call of a start fails: a line, exit 1, nothing left; or the app runs.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
sanitizers='@sanitizers@'
measures "system calls"
top_builddir='@abs_top_builddir@'
. "$top_srcdir/t/lib/inject.sh"

# Up, it is stopped; what it says then is no matter.
attempt() {			# CALL ERRNO N
	rm -f "$tmp/born" "$tmp/trace"
	run_traced "$1" "$2" "$3" "$built/cadre" run -n app -i 1 --max-workers 1 \
	    --ready-after 0 -l tcp:127.0.0.1:0 -- "$tmp/program" &
	traced=$!
	until [ -e "$tmp/born" ] || ! kill -0 "$traced" 2>/dev/null; do
		sleep 0.02
	done
	if [ -e "$tmp/born" ]; then
		"$built/cadre" stop --timeout 20 app >"$tmp/stop" 2>&1 ||
		    kill -0 "$traced" 2>/dev/null && sleep 0.1
	fi
	wait "$traced"
	code=$?
}

# What is wrong with how it went, if anything.
verdict() {
	[ -z "$(ls "$CADRE_RUNTIME_DIR")" ] || echo "left: $(find "$CADRE_RUNTIME_DIR")"
	! pgrep -f "$tmp/program" || echo "a worker is left"
	[ ! -e "$tmp/born" ] || return 0	# it could do without
	# Before main() the loader ends it, with a line or without.
	[ "$code" -ne 127 ] && [ "$code" -ne 139 ] || return 0
	[ "$(wc -l <"$tmp/err")" -eq 1 ] || { echo "said:"; cat "$tmp/err"; }
	[ "$code" -eq 1 ] || [ "$code" -eq 2 ] || echo "exit code $code"
}

walk() {			# CALL ERRNO
	n=1 bad=
	while attempt "$1" "$2" "$n"; injected; do
		wrong=$(verdict)
		[ -z "$wrong" ] || bad="$bad$1 $n, $code: $wrong
"
		n=$((n + 1))
		failures=$((failures + 1))
	done
	[ "$n" -eq 1 ] || none "$1: $((n - 1)) failures with $2" "$bad"
}

failures=0
while read -r call error; do
	walk "$call" "$error"
done <<'END'
bind EACCES
clone EAGAIN
epoll_create1 EMFILE
epoll_ctl ENOSPC
fallocate ENOSPC
fchmod EPERM
fchmodat EPERM
fchown EPERM
fcntl ENOLCK
flock ENOLCK
ftruncate EFBIG
getsockname ENOBUFS
listen EADDRINUSE
madvise EINVAL
memfd_create EMFILE
mkdir ENOSPC
mkdirat ENOSPC
mmap ENOMEM
openat EMFILE
pidfd_open EMFILE
prctl EPERM
rt_sigaction EINVAL
sendmsg ENOBUFS
setsockopt ENOPROTOOPT
signalfd4 EMFILE
socket EMFILE
socketpair EMFILE
timerfd_create EMFILE
timerfd_settime EINVAL
END
ok "$failures calls failed" test "$failures" -gt 50
done_testing
