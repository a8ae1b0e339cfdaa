#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Does a connection in rr cost more with 256 seats than with 4? With 4 workers
# in 256 seats, and with 256 workers; pairs of runs, one right after the other,
# who is first taking turns. Processor time of all processes, and of the
# acceptor alone. 256 processes that serve in turn find the processor's caches
# cold, whoever sent them the connection: spread, where the kernel chooses,
# says how much of it that is.
# shellcheck source=bench/dispatch-lib.sh disable=SC2154
. "$(dirname "$0")/dispatch-lib.sh"
conditions "seats: wrk -t1 -c64, Connection: close, $pairs rounds of\
 ${seconds}s a run"
need curl
need wrk
built "$server"
descriptors

# The child that is no worker.
acceptor_pid() {
	for p in $(children "$app_pid"); do
		grep -q "^ready seat .* pid $p\$" "$app_log" || echo "$p"
	done
}

# add NAME MODE WORKERS SEATS
add() {
	serve "$2" "$3" -s "$4" || exit 0
	eval "port_$1=\$app_port pid_$1=\$app_pid acceptor_$1=$(acceptor_pid)"
}
add few rr 4 4
add seats rr 4 256
add workers rr 256 256
add spread_few spread 4 4
add spread_workers spread 256 256

# own_us PID: of that process alone; 0 where there is none.
own_us() {
	[ -z "$1" ] || cat "/proc/$1/task/"*/schedstat |
	    awk '{ n += $1 } END { printf "%.0f\n", n / 1000 }'
}

errors=0
measure() {
	eval "m_port=\$port_$1 m_pid=\$pid_$1 m_acceptor=\$acceptor_$1"
	tree=$(cpu_us "$m_pid") own=$(own_us "$m_acceptor")
	load "$m_port" / -c64 -H "Connection: close"
	tree=$(div $(($(cpu_us "$m_pid") - tree)) "$count")
	own=$(div $(($(own_us "$m_acceptor") - own)) "$count")
	echo "$tree" >>"$tmp/$1.tree"
	echo "$own" >>"$tmp/$1.own"
	errors=$((errors + failed))
	eval "tree_$1=\$tree own_$1=\$own"
}

# compare MANY FEW
compare() {
	if [ $((round % 2)) = 1 ]; then
		measure "$1"
		measure "$2"
	else
		measure "$2"
		measure "$1"
	fi
	for what in tree own; do
		eval "div \"\$${what}_$1\" \"\$${what}_$2\"" >>"$tmp/$1.$what.ratio"
	done
}
for round in $(seq "$pairs"); do
	compare seats few
	compare workers few
	compare spread_workers spread_few
done

# us TITLE NAME
us() {
	printf '%-24s %.1f us a connection, %.1f of them the acceptor'\''s\n' \
	    "$1" "$(median "$tmp/$2.tree")" "$(median "$tmp/$2.own")"
}
us "rr, 4 workers, 4 seats" few
us "rr, 4 workers, 256 seats" seats
us "rr, 256 workers" workers
us "spread, 4 workers" spread_few
us "spread, 256 workers" spread_workers

# ratio TITLE FILE LIMIT|-
ratio() {
	printf '%-24s %.3f (%s)' "$1" "$(median "$2")" "$(spread "$2")"
	[ "$3" = - ] && echo || echo " $(judge "$(median "$2")" at_most "$3")"
}
ratio "256 seats ÷ 4, all" "$tmp/seats.tree.ratio" 1.2
ratio "256 workers ÷ 4, all" "$tmp/workers.tree.ratio" 1.2
ratio "        the acceptor" "$tmp/workers.own.ratio" 1.2
ratio "        spread's" "$tmp/spread_workers.tree.ratio" -
echo "errors                   $errors"
