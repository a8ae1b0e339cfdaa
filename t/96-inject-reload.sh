#!/bin/sh
# Whichever system call of a reload fails: it answers, the app serves, and the master stays.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
top_builddir='@abs_top_builddir@'
. "$top_srcdir/t/lib/tap.sh"
sanitizers='@sanitizers@'
measures "system calls"
. "$top_srcdir/t/lib/inject.sh"
command -v curl >/dev/null 2>&1 || skip_all "curl is not installed"

fds() {
	find "/proc/$master/fd" -type l | wc -l
}

up() {
	"$built/cadre" stat -j app | grep -q '"state": *"up"'
}

serves() {
	curl -s -m 10 "http://127.0.0.1:$port/" | grep -q seat
}

# Until it is at rest: as many descriptors as before, and its worker answers.
rests() {
	i=0
	until serves && [ "$(fds)" -eq "$open" ]; do
		i=$((i + 1))
		[ "$i" -lt 100 ] || return 1
		sleep 0.1
	done
}

# What is wrong with how it went, if anything.
attempt() {			# CALL ERRNO N
	: >"$tmp/trace"
	timeout 60 strace -p "$master" -o "$tmp/trace" -e trace="$1" \
	    -e inject="$1:error=$2:when=$3" 2>"$tmp/strace" &
	tracer=$!
	until grep -q attached "$tmp/strace"; do
		kill -0 "$tracer" 2>/dev/null || break
		sleep 0.01
	done
	timeout 30 "$built/cadre" reload app >"$tmp/out" 2>"$tmp/err"
	code=$?
	kill -INT "$tracer" 2>/dev/null
	wait "$tracer"
	[ "$code" -eq 0 ] || [ "$(wc -l <"$tmp/err")" -eq 1 ] || {
		echo "$1 $3: exit $code, and it said:"
		cat "$tmp/err"
	}
	[ "$code" -le 1 ] || [ "$code" -eq 4 ] || echo "$1 $3: exit $code"
	kill -0 "$master" || echo "$1 $3: the master is gone"
	rests || echo "$1 $3: it does not serve as before; $(fds) descriptors"
}

walk() {			# CALL ERRNO
	n=1 bad=
	while wrong=$(attempt "$1" "$2" "$n"); injected; do
		[ -z "$wrong" ] || bad="$bad$wrong
"
		n=$((n + 1))
		failures=$((failures + 1))
	done
	[ "$n" -eq 1 ] || none "$1: $((n - 1)) failures with $2" "$bad"
}

"$top_builddir/cadre" demo -n app -i 1 -l tcp:127.0.0.1:0 >"$tmp/demo" 2>&1 &
until grep -q 'http://' "$tmp/demo"; do
	sleep 0.1
done
port=$(sed -n 's|.*http://127.0.0.1:\([0-9]*\)/.*|\1|p' "$tmp/demo" | head -1)
master=$(sed -n 's/.*master pid \([0-9]*\).*/\1/p' "$tmp/demo" | head -1)
until serves; do
	sleep 0.1
done
open=$(fds)
failures=0
while read -r call error; do
	walk "$call" "$error"
done <<'END'
accept4 EMFILE
clone EAGAIN
epoll_ctl ENOSPC
fcntl EMFILE
getsockopt ENOBUFS
mmap ENOMEM
openat EMFILE
pidfd_open EMFILE
pidfd_send_signal EPERM
read EIO
recvmsg ENOMEM
sendmsg ENOBUFS
setsockopt ENOPROTOOPT
socketpair EMFILE
timerfd_settime EINVAL
waitid EINTR
END
ok "$failures calls failed" test "$failures" -gt 15
ok "and it stops" "$built/cadre" stop app
wait
none "nothing is left" "$(ls "$CADRE_RUNTIME_DIR")"
done_testing
