#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What it costs to have 64 workers that have nothing to do: the master's
# memory, and how often it and its workers wake.
# shellcheck source=bench/lib.sh
. "$(dirname "$0")/lib.sh"
workers=${BENCH_WORKERS:-64}
watched=${BENCH_WATCHED:-10}
conditions "master: $workers idle workers, watched for ${watched}s"
need curl

run "$hello" -n idle -i "$workers" -l "tcp:127.0.0.1:$port"
master=$pid
until_true answers "$port" "$pid"
all_there() {
	[ "$(children "$master" | wc -w)" -eq "$workers" ]
}
until_true all_there
# The one request above keeps the listeners' tick going for a second.
sleep 3

field() {
	awk -v f="$2:" '$1 == f { print $2 }' "/proc/$1/status"
}

# Its workers' switches, one figure each.
workers_switches() {
	for p in $(children "$master"); do
		field "$p" voluntary_ctxt_switches
	done
}

before=$(field "$master" voluntary_ctxt_switches)
workers_switches >"$tmp/before"
sleep "$watched"
after=$(field "$master" voluntary_ctxt_switches)
workers_switches >"$tmp/after"
all_there || echo "# workers were lost meanwhile: the figures say nothing"

anon=$(field "$master" RssAnon)
file=$(field "$master" RssFile)
echo "master     RssAnon $anon kB + RssFile $file kB = $((anon + file)) kB," \
    "budget 4096"
echo "           $(field "$master" RssShmem) kB RssShmem: the region, anchor" \
    "and slots"
echo "           $(div $((after - before)) "$watched" 2) wake-ups/s, budget 2"
paste "$tmp/before" "$tmp/after" | awk '{ n = $2 - $1; sum += n
    if (n > most) most = n }
    END { print "workers    " sum + 0 " wake-ups in all, " most + 0 \
    " of the worst, budget 0" }'
