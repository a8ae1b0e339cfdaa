#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The reason to fork at all: requests that cost 5 ms of processor time, two
# workers against one, by a client with 8 connections. Pairs of runs, one
# right after the other, who is first taking turns.
# shellcheck source=bench/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
conditions "cores: -i 2 ÷ -i 1, /busy?ms=5, -c8, $pairs pairs of ${seconds}s"
need curl
need wrk
[ "$(nproc)" -ge 2 ] || {
	echo "# skipped: one processor, nothing to gain"
	exit 0
}

for n in 1 2; do
	run "$hello" -n "cores-$n" -i "$n" -l "tcp:127.0.0.1:$((port + n))"
	eval "pid_$n=\$pid"
	until_true answers $((port + n)) "$pid"
done

errors=0
measure() {
	eval "m_pid=\$pid_$1"
	before=$(cpu_ticks "$m_pid")
	load $((port + $1)) '/busy?ms=5' -c8
	div $(($(cpu_ticks "$m_pid") - before)) \
	    $((seconds * $(getconf CLK_TCK))) 2 >>"$tmp/$1.used"
	echo "$rps" >>"$tmp/$1.rps"
	errors=$((errors + failed))
	eval "rps_$1=\$rps"
}

for i in $(seq "$pairs"); do
	if [ $((i % 2)) = 1 ]; then
		measure 1
		measure 2
	else
		measure 2
		measure 1
	fi
	div "$rps_2" "$rps_1" >>"$tmp/ratio"
done
echo "requests/s  -i 1 $(median "$tmp/1.rps")  -i 2 $(median "$tmp/2.rps")"
echo "processors  -i 1 $(median "$tmp/1.used")  -i 2 $(median "$tmp/2.used")"
echo "ratio       $(median "$tmp/ratio") ($(spread "$tmp/ratio"))," \
    "budget 1.8 or more"
echo "errors      $errors"
