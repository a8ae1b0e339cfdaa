#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Service times of which a few are very long (squared coefficient of variation
# 10), four workers that serve one request at a time, 70 % of what they can
# do, arrivals by chance. The service is a sleep: the processors are not what
# is short; and even a long one is mostly below the 100 ms of a stall, so that
# what is measured is the choice, not exclusion and rescue. All modes in each
# round, the same arrivals. The wait is until the worker has the connection.
# shellcheck source=bench/dispatch-lib.sh disable=SC2154
. "$(dirname "$0")/dispatch-lib.sh"
heavy_seconds=${BENCH_HEAVY_SECONDS:-20}
mean_us=${BENCH_MEAN_US:-2000}
workers=4
rate=$((workers * 1000000 * 7 / 10 / mean_us))
conditions "heavy: $workers workers, mean service $mean_us us, $rate/s,\
 $pairs rounds of ${heavy_seconds}s a run"
need curl
need jq
built "$server" "$client"
descriptors

there=
for mode in spread gate least rr; do
	serve "$mode" "$workers" --service "heavy:$mean_us" || continue
	there="$there $mode"
	eval "port_$mode=\$app_port"
done

for round in $(seq "$pairs"); do
	for mode in $there; do
		eval "m_port=\$port_$mode"
		clients "$m_port" --rate "$rate" --poisson --seed "$round" \
		    --duration "$heavy_seconds" --warmup 2 --timeout 10000
		p99=$(json .latency_us.p99)
		json .latency_us.p50 >>"$tmp/$mode.p50"
		echo "$p99" >>"$tmp/$mode.p99"
		json .to_accept_us.p99 >>"$tmp/$mode.wait"
		json '[.errors[]] | add' >>"$tmp/$mode.errors"
		json .generator.max_late_us >>"$tmp/late"
		eval "p99_$mode=\$p99"
		case $mode in
		gate | least) div "$p99" "$p99_spread" >>"$tmp/$mode.ratio" ;;
		esac
	done
done

for mode in $there; do
	printf '%-7s p50 %.0f us, p99 %.0f us (%s), wait p99 %.0f us,' \
	    "$mode" "$(median "$tmp/$mode.p50")" \
	    "$(median "$tmp/$mode.p99")" "$(spread "$tmp/$mode.p99")" \
	    "$(median "$tmp/$mode.wait")"
	printf ' errors %s\n' \
	    "$(awk '{ n += $1 } END { print n }' "$tmp/$mode.errors")"
	[ -s "$tmp/$mode.ratio" ] || continue
	ratio=$(median "$tmp/$mode.ratio")
	echo "        p99 ÷ spread's $ratio ($(spread "$tmp/$mode.ratio"))" \
	    "$(judge "$ratio" at_most 0.333)"
done
echo "the client itself at most $(sort -n "$tmp/late" | tail -n 1) us late"
