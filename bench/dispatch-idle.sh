#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# How often the processes of an app wake that has nothing to do, in each mode:
# the switches of all their threads.
# shellcheck source=bench/dispatch-lib.sh disable=SC2154
. "$(dirname "$0")/dispatch-lib.sh"
watched=${BENCH_WATCHED:-10}
workers=4
conditions "idle: $workers workers, watched for ${watched}s"
need curl
built "$server"

# switches PID: of all its threads, asked for or not.
switches() {
	cat "/proc/$1/task/"*/status |
	    awk '/ctxt_switches/ { n += $2 } END { print n }'
}

# of_all: a line per process: its role, its switches.
of_all() {
	echo "master $(switches "$app_pid")"
	for p in $(children "$app_pid"); do
		role=acceptor
		! grep -q "^ready seat .* pid $p\$" "$app_log" || role=worker
		echo "$role $(switches "$p")"
	done
}

for mode in rr least gate spread; do
	serve "$mode" "$workers" || continue
	until_true answers "$app_port" "$app_pid"
	# That request keeps the listeners' tick going for a second.
	sleep 3
	of_all >"$tmp/before"
	sleep "$watched"
	of_all >"$tmp/after"
	for role in master worker acceptor; do
		paste "$tmp/before" "$tmp/after" | awk -v r=$role \
		    -v s="$watched" '$1 == r { n += $4 - $2; some = 1 }
		    END { if (some) printf "%.2f\n", n / s }' >"$tmp/rate"
		[ -s "$tmp/rate" ] || continue
		limit=0
		[ $role != master ] || limit=2
		printf '%-7s %-9s %s wake-ups/s %s\n' "$mode" "$role" \
		    "$(cat "$tmp/rate")" \
		    "$(judge "$(cat "$tmp/rate")" at_most $limit)"
	done
	quit "$app_pid"
done
