#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a right answer costs: examples/sessions with each store, two workers,
# every request a new session. In pairs, the same requests for both; processor
# time is that of master and workers together.
# shellcheck source=bench/dispatch-lib.sh disable=SC2154
. "$(dirname "$0")/dispatch-lib.sh"
rate=${BENCH_RATE:-2000}
sessions=$build/examples/sessions
conditions "sessions: 2 workers, $rate requests/s over 16 connections,\
 $pairs pairs of ${seconds}s"
need curl
need jq
built "$sessions" "$client"

for store in heap message; do
	port_next
	run "$sessions" -n "$store" -i 2 --store="$store" \
	    -l "tcp:127.0.0.1:$app_port"
	until_true answers "$app_port" "$pid"
	eval "port_$store=\$app_port pid_$store=\$pid"
done

# measure STORE: one run.
measure() {
	eval "m_port=\$port_$1 m_pid=\$pid_$1"
	before=$(cpu_us "$m_pid")
	clients "$m_port" --rate "$rate" --keep-alive 16 --duration "$seconds" \
	    --warmup 0.5
	cpu=$(($(cpu_us "$m_pid") - before))
	json .latency_us.p50 >>"$tmp/$1.p50"
	json .latency_us.p99 >>"$tmp/$1.p99"
	json '[.errors[]] | add' >>"$tmp/$1.errors"
	# The half second before it costs as much, and is not in the count.
	div "$cpu" "$(awk -v r="$rate" -v s="$seconds" \
	    'BEGIN { print r * (s + 0.5) }')" 2 >>"$tmp/$1.cpu"
}

for round in $(seq "$pairs"); do
	case $((round % 2)) in
	1)	measure heap; measure message ;;
	*)	measure message; measure heap ;;
	esac
done
for store in heap message; do
	echo "$store	p50 $(median "$tmp/$store.p50") us" \
	    "($(spread "$tmp/$store.p50")), p99 $(median "$tmp/$store.p99")" \
	    "us ($(spread "$tmp/$store.p99")), CPU/request" \
	    "$(median "$tmp/$store.cpu") us, errors" \
	    "$(awk '{ n += $1 } END { print n }' "$tmp/$store.errors")"
done
