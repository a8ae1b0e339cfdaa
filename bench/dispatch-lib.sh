# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034,SC2154
# What the parts of bench/dispatch.sh share, above lib.sh: servers that are
# told a mode, the open-loop client, and the word on a limit.
# shellcheck source=bench/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
server=$build/bench/dispatch-server
client=$build/bench/cadre-load
next_port=$port

# built PROGRAM …: these have been.
built() {
	for program in "$@"; do
		[ -x "$program" ] || {
			echo "$0: no $program: make bench/${program##*/}" >&2
			exit 1
		}
	done
}

# descriptors: as many as may be had, for clients and servers alike.
# shellcheck disable=SC3045 # dash and bash know -S and -H
descriptors() {
	ulimit -Sn "$(ulimit -Hn)"
}

# port_next: sets app_port; each server has one of its own.
port_next() {
	app_port=$next_port
	next_port=$((next_port + 1))
}

all_ready() {
	[ "$(grep -c '^ready seat' "$app_log")" -ge "$app_workers" ]
}

ready_or_gone() {
	all_ready || ! kill -0 "$app_pid"
}

# serve MODE WORKERS OPTION …: a dispatch-server, up to the ready of all its
# workers; sets app, app_pid, app_port, app_log. Where there is no such mode
# it says why and returns 1.
serve() {
	app_mode=$1 app_workers=$2
	shift 2
	port_next
	app=dispatch-$app_port
	app_log=$tmp/$app.log
	run_into "$app_log" "$server" -n "$app" -w "$app_workers" \
	    -l "tcp:127.0.0.1:$app_port" -m "$app_mode" "$@"
	app_pid=$pid
	until_true ready_or_gone
	all_ready && return
	echo "# left out: $(tail -n 1 "$app_log")"
	return 1
}

# shellcheck disable=SC2317 # until_true calls it
answers_or_gone() {
	answers "$1" "$2" || ! kill -0 "$2"
}

# hello_mode MODE WORKERS: the same with examples/hello.
hello_mode() {
	port_next
	app_log=$tmp/hello-$app_port.log
	run_into "$app_log" "$hello" -n "hello-$app_port" -i "$2" \
	    -l "tcp:127.0.0.1:$app_port,mode=$1"
	app_pid=$pid
	until_true answers_or_gone "$app_port" "$app_pid"
	answers "$app_port" "$app_pid" >/dev/null 2>&1 && return
	echo "# left out: $(tail -n 1 "$app_log")"
	return 1
}

# seat_pid SEAT, of the server that serve() started last.
seat_pid() {
	awk -v s="$1" '/^ready seat/ && $3 == s { p = $5 } END { print p }' \
	    "$app_log"
}

# clients PORT OPTION …: one run of cadre-load; json reads of it.
clients() {
	c_port=$1
	shift
	"$client" --json "$@" "tcp:127.0.0.1:$c_port" >"$tmp/json" \
	    2>>"$tmp/log" || :
}
json() {
	jq -r "$1" "$tmp/json"
}

# judge VALUE at_most|at_least LIMIT [SLACK]: a word behind a figure. SLACK,
# a share of the limit, is what the machine's own noise is allowed.
judge() {
	awk -v v="$1" -v how="$2" -v l="$3" -v s="${4:-0}" 'BEGIN {
		ok = how == "at_most" ? v <= l * (1 + s) : v >= l * (1 - s)
		sub(/_/, " ", how)
		slack = s + 0 == 0 ? "" : sprintf(" ± %.1f %%", 100 * s)
		print "[limit: " how " " l slack ": " \
		    (ok ? "met" : "NOT MET") "]"
	}'
}
