#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What it costs that a client comes to the same worker: CPU of the server, all
# its processes together, per connection, in sticky beside rr, in pairs of
# runs, who is first taking turns; rr beside itself is the noise. Then 10,000
# peers that connect and say nothing, and the others' p99 without and with
# them. 1,000 clients, each with an address and a cookie of its own.
# shellcheck source=bench/dispatch-lib.sh disable=SC2154
. "$(dirname "$0")/dispatch-lib.sh"
workers=2
together=${BENCH_TOGETHER:-32}
silent=${BENCH_SILENT:-10000}
sticky_load=$build/bench/sticky-load
built "$sticky_load"
descriptors
conditions "sticky: $together at a time, $workers workers, $pairs rounds of \
${seconds}s a run"
need curl

modes="rr rr_again addr cookie"
for name in $modes; do
	case $name in
	rr*)	mode=rr ;;
	addr)	mode=sticky:addr ;;
	*)	mode=sticky:cookie:sid ;;
	esac
	hello_mode "$mode" "$workers"
	eval "port_$name=\$app_port pid_$name=\$app_pid"
done

# measure NAME SILENT: one run; sets cpu (µs a connection), rate and p99.
errors=0
measure() {
	eval "m_port=\$port_$1 m_pid=\$pid_$1"
	before=$(cpu_us "$m_pid")
	# shellcheck disable=SC2046 # four words
	set -- $("$sticky_load" "$m_port" "$seconds" "$together" 1000 "$2")
	cpu=$(div $(($(cpu_us "$m_pid") - before)) "$1" 2)
	rate=$(div "$1" "$seconds" 0)
	errors=$((errors + $2))
	p99=$4
}

# beside NAME OTHER: a pair of runs.
beside() {
	first=$1 second=$2
	[ $((round % 2)) = 1 ] || first=$2 second=$1
	for name in "$first" "$second"; do
		measure "$name" 0
		echo "$cpu" >>"$tmp/$name.cpu"
		echo "$rate" >>"$tmp/$name.rate"
		eval "cpu_$name=\$cpu"
	done
	eval "div \"\$cpu_$1\" \"\$cpu_$2\"" >>"$tmp/$1.ratio"
}
for round in $(seq "$pairs"); do
	beside rr_again rr
	beside addr rr
	beside cookie rr
done
bad=0
# within VALUE LIMIT
within() {
	awk -v v="$1" -v l="$2" 'BEGIN { exit v > l }' && return
	bad=1
	return 1
}
for row in rr_again:- addr:1.3 cookie:1.6; do
	name=${row%:*} limit=${row#*:} said=
	ratio=$(median "$tmp/$name.ratio")
	if [ "$limit" != - ]; then
		said=", at most $limit:"
		within "$ratio" "$limit" && said="$said yes" || said="$said NO"
	fi
	echo "$name: $(median "$tmp/$name.cpu") us of CPU a connection," \
	    "$(median "$tmp/$name.rate")/s; rr $(median "$tmp/rr.cpu") us;" \
	    "ratio $ratio ($(spread "$tmp/$name.ratio"))$said"
done

for round in $(seq "$pairs"); do
	for n in 0 "$silent"; do
		measure cookie "$n"
		echo "$p99" >>"$tmp/p99.$n"
		eval "p99_$n=\$p99"
	done
	eval "div \"\$p99_$silent\" \"\$p99_0\"" >>"$tmp/p99.ratio"
done
ratio=$(median "$tmp/p99.ratio")
within "$ratio" 2 && said=yes || said=NO
echo "cookie, $silent silent peers: p99 of others $(median \
    "$tmp/p99.$silent") us, without them $(median "$tmp/p99.0") us; ratio" \
    "$ratio ($(spread "$tmp/p99.ratio")), at most 2: $said"
echo "failed: $errors"
[ "$errors" -eq 0 ] && [ "$bad" -eq 0 ]
