#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What reloads cost those who connect meanwhile. hello as a program of two
# workers, under fresh connections that come whatever happens and others that
# are kept alive, whose client obeys Connection: close. Runs in pairs, one left
# alone and one under one reload after another, who is first taking turns.
# PM2 does the same with a small server, by what its manual asks of one.
# Exits 1 when a limit is not met.
#
#	reload.sh [spread|gate|rr|pm2]…	all without one
#
# BENCH_CONNECTIONS (200000)	fresh ones of each, in the runs with reloads
# BENCH_RATE (1500)		of them a second; PM2 carries no more here
# BENCH_RELOADS (20)		at least so many of each
# BENCH_MIN_UPTIME (0.5)	seconds that the canary has to stay up
# shellcheck disable=SC2317 # some are called by names that are put together
set -eu
for part in "$@"; do
	case $part in
	spread | gate | rr | pm2) ;;
	*)
		sed -n 's/^#	/usage: /p' "$0" >&2
		exit 2
		;;
	esac
done
[ $# -gt 0 ] || set -- spread gate rr pm2
parts=$*
# shellcheck source=bench/dispatch-lib.sh disable=SC2154
. "$(dirname "$0")/dispatch-lib.sh"
connections=${BENCH_CONNECTIONS:-200000}
rate=${BENCH_RATE:-1500}
reloads=${BENCH_RELOADS:-20}
min_uptime=${BENCH_MIN_UPTIME:-0.5}
workers=2
kept=50			# kept alive; each is used every 100 ms
run_s=$(awk -v c="$connections" -v r="$rate" -v p="$pairs" -v n="$reloads" \
    -v u="$min_uptime" 'BEGIN {
	s = c / r / p; least = n / p * (u + 1.5)
	printf "%.2f", (s > least ? s : least) + 0.01 }')
missed=0
conditions "reload: $rate connections/s and $kept kept alive, $workers workers,\
 $pairs pairs of ${run_s}s"
need curl
need jq
built "$client" "$build/bench/reload-watch" "$build/cadre"
descriptors

# The programs themselves: what libtool puts in their place in the build
# directory is a script, which works for longer than a worker to get ready.
LD_LIBRARY_PATH=$build/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
itself() {
	real=$(dirname "$1")/.libs/$(basename "$1")
	[ -x "$real" ] || real=$1
	echo "$real"
}
cadre=$(itself "$build/cadre")
hello=$(itself "$hello")
watch=$(itself "$build/bench/reload-watch")

# Each part has these three, called by their names.
cadre_begin() {
	port_next
	app=reload-$1
	"$cadre" start -n "$app" -i "$workers" --wait-ready \
	    --min-uptime "$min_uptime" \
	    -l "tcp:127.0.0.1:$app_port,mode=$1" -- "$hello" >>"$tmp/log" 2>&1
	app_pid=$("$cadre" stat -j "$app" | jq .master.pid)
	started="$started $app_pid"
	run_into "$tmp/$1.watch" "$watch" "$app"
	watch_pid=$pid
}
cadre_reload() {
	"$cadre" reload "$app" >>"$tmp/log" 2>&1
}
cadre_end() {
	kill "$watch_pid"
	wait "$watch_pid" || :
	gone "$watch_pid"
	"$cadre" stop "$app" >>"$tmp/log" 2>&1
	gone "$app_pid"
}
pm2_begin() {
	sh "$here/peers/pm2.sh" >"$tmp/version" || {
		sed 's/^/# left out: pm2: /' "$tmp/version"
		return 1
	}
	port_next
	peer pm2 "$app_port" "$workers"
	app_pid=$pid
	echo "# with $(cat "$tmp/version")"
}
pm2_reload() {
	sh "$here/peers/peer.sh" reload pm2 "$app_port" "$workers" \
	    "$tmp/pm2-$app_port" >>"$tmp/log" 2>&1
}
pm2_end() {
	quit "$app_pid"
}

# client_run FILE OPTION …: in the background; sets pid.
client_run() {
	file=$1
	shift
	"$client" --json --duration "$run_s" --warmup 0.5 --timeout 5000 \
	    --max-lateness 5000 "$@" "tcp:127.0.0.1:$app_port" >"$file" \
	    2>>"$tmp/log" &
	pid=$!
	started="$started $pid"
}

# overflows: of accept queues, on this machine so far. A server that gets no
# processor for long enough overflows its queue, and the kernel drops or resets.
overflows() {
	awk '/^TcpExt:/ { if (n++ == 0) split($0, name)
	    else for (i = 2; i <= NF; i++)
		if (name[i] == "ListenOverflows") print $i }' /proc/net/netstat
}

# measure NAME HOW KIND: one run, steady or during; sets p99.
measure() {
	out=$tmp/$1.$2
	full=$(overflows)
	client_run "$tmp/fresh" --rate "$rate"
	fresh_pid=$pid
	client_run "$tmp/kept" --rate $((kept * 10)) --keep-alive "$kept"
	kept_pid=$pid
	while [ "$2" = during ] && kill -0 "$fresh_pid" 2>/dev/null; do
		if "$3_reload"; then
			echo 1 >>"$out.reloads"
		else
			echo 1 >>"$out.failed"
		fi
	done
	for pid in "$fresh_pid" "$kept_pid"; do
		wait "$pid" || :
		gone "$pid"
	done
	if [ ! -s "$tmp/fresh" ] || [ ! -s "$tmp/kept" ]; then
		echo "$0: $1: no figures: $(tail -n 1 "$tmp/log")" >&2
		exit 1
	fi
	echo $(($(overflows) - full)) >>"$out.full"
	for what in fresh kept; do
		jq -r '.errors | [.refused, .reset, .timeout, .short, .bad +
		    .shed + .local] | @tsv' "$tmp/$what" >>"$out.$what.errors"
		jq -r .sent "$tmp/$what" >>"$out.$what.sent"
	done
	jq -r .opened "$tmp/kept" >>"$out.opened"
	jq -r .generator.max_late_us "$tmp/fresh" >>"$tmp/$1.late"
	p99=$(jq -r '.latency_us.p99 / 1000' "$tmp/fresh")
	echo "$p99" >>"$out.p99"
}

# sums FILE: of each of its columns, 0 without it. sum FILE: of all.
sums() {
	[ -e "$1" ] || set -- /dev/null
	awk '{ for (i = 1; i <= NF; i++) n[i] += $i; if (NF > k) k = NF }
	    END { if (k == 0) print 0; for (i = 1; i <= k; i++)
		printf "%.0f%s", n[i], i < k ? ", " : "\n" }' "$1"
}
sum() {
	sums "$1" | awk -F, '{ for (i = 1; i <= NF; i++) n += $i; print n }'
}

# line TITLE TEXT [VALUE at_most|at_least LIMIT]
line() {
	word=
	[ $# = 2 ] || word=$(judge "$3" "$4" "$5")
	case $word in *NOT*) missed=1 ;; esac
	printf '  %-20s %s %s\n' "$1" "$2" "$word"
}
figures() {
	printf '%.2f (%s)' "$(median "$1")" "$(spread "$1")"
}

# report NAME cadre|pm2: limits are of cadre alone.
report() {
	out=$tmp/$1
	classes="refused, reset, timed out, short, other"
	if [ "$2" = cadre ]; then
		no_errors="at_most 0" ratio="at_most 1.5"
	else
		no_errors="" ratio=""
	fi
	n=$(sum "$out.during.reloads")
	failed=$(sum "$out.during.failed")
	sent=$(sum "$out.during.fresh.sent")
	for how in steady during; do
		for what in fresh kept; do
			eval "${how}_$what=\$(sum \"$out.$how.$what.errors\")"
		done
	done
	echo "$1: $classes"
	# shellcheck disable=SC2086
	{
		line reloads "$n" "$n" at_least "$reloads"
		line "reloads that failed" "$failed" \
		    ${no_errors:+"$failed" $no_errors}
		line connections "$sent" "$sent" at_least "$connections"
		line "  failed, steady" "$(sums "$out.steady.fresh.errors")"
		line "  failed, during" "$(sums "$out.during.fresh.errors")" \
		    ${no_errors:+"$during_fresh" $no_errors}
		line "kept alive" "$(sum "$out.during.kept.sent") requests over\
 $kept at a time, $(sum "$out.during.opened") opened"
		line "  failed, steady" "$(sums "$out.steady.kept.errors")"
		line "  failed, during" "$(sums "$out.during.kept.errors")" \
		    ${no_errors:+"$during_kept" $no_errors}
		line "p99 steady, ms" "$(figures "$out.steady.p99")"
		line "p99 during, ms" "$(figures "$out.during.p99")"
		line "  during ÷ steady" "$(figures "$out.ratio")" \
		    ${ratio:+"$(median "$out.ratio")" $ratio}
	}
	[ "$2" != cadre ] || watched "$1"
	line "queue overflows" "steady $(sum "$out.steady.full"), during\
 $(sum "$out.during.full")"
	line "client late, ms" "$(sort -g "$out.late" | tail -n 1 |
	    awk '{ printf "%.1f", $1 / 1000 }') at most"
}

# What the region said, looked at all the time.
watched() {
	# shellcheck disable=SC2046
	set -- $(cat "$tmp/$1.watch")
	line "seats served" "$4 at least, $6 at most, in $2 looks" \
	    "$4" at_least "$workers"
}

# part NAME KIND
part() {
	"$2_begin" "$1" || return 0
	until_true curl -sf -m 2 "http://127.0.0.1:$app_port/"
	for round in $(seq "$pairs"); do
		if [ $((round % 2)) = 1 ]; then
			measure "$1" steady "$2"
			steady=$p99
			measure "$1" during "$2"
			div "$p99" "$steady" >>"$tmp/$1.ratio"
		else
			measure "$1" during "$2"
			during=$p99
			measure "$1" steady "$2"
			div "$during" "$p99" >>"$tmp/$1.ratio"
		fi
	done
	"$2_end"
	report "$1" "$2"
}

for part in $parts; do
	case $part in
	pm2) part pm2 pm2 ;;
	*) part "$part" cadre ;;
	esac
done
exit "$missed"
