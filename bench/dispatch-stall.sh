#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One worker stands still for 2 s of every 4, stopped by a signal or computing
# inside its loop, under 500 new connections a second that come whatever
# happens. Caught is what the one that stood answered itself, later than 300
# ms: it had those connections. All figures but that are of the rest. Our
# servers also count by themselves, at each stall, what was late.
# shellcheck source=bench/dispatch-lib.sh disable=SC2154
. "$(dirname "$0")/dispatch-lib.sh"
stalls=${BENCH_STALLS:-5}
rate=500
late_ms=300
batch=8
conditions "stall: $rate connections/s, 2 s of every 4 s, $stalls stalls a run"
need curl
need jq
built "$server" "$client"
descriptors

# late_now: answers late so far, by the server's own account.
late_now() {
	"$build/cadre" stat -j "$app" |
	    jq '.totals | .late_queued + .late_held'
}

# stall HOW PID: for 2 s. Whoever is gone has not stood still; say so.
stall() {
	case $1 in
	stopped)
		paused=$2
		kill -STOP "$2" || gone_word "$2"
		sleep 2
		kill -CONT "$2" || gone_word "$2"
		paused=
		;;
	computing)
		kill -USR1 "$2" || gone_word "$2"
		sleep 2
		;;
	esac
}
gone_word() {
	echo "  pid $1 is not there [NOT MET]: $(grep "pid $1" "$app_log" |
	    tail -n 2 | paste -sd';')"
}

# stall_run HOW PORT PID COUNT: COUNT is called after each stall.
stall_run() {
	"$client" --json --rate "$rate" --duration $((1 + 4 * stalls)) \
	    --warmup 1 --over "$late_ms" --timeout 10000 --histogram \
	    "tcp:127.0.0.1:$2" >"$tmp/json" 2>>"$tmp/log" &
	load_pid=$!
	started="$started $load_pid"
	sleep 2			# 1 s of traffic after the warm-up
	for _ in $(seq "$stalls"); do
		stall "$1" "$3"
		sleep 1		# what was caught has been answered
		$4
		sleep 1
	done
	wait "$load_pid" || :
	gone "$load_pid"
}

ms() {
	awk -v us="$1" 'BEGIN { printf "%.1f", us / 1000 }'
}

# rest_us CAUGHT QUANTILE: of all answers but so many of the slowest.
rest_us() {
	jq -r --argjson caught "$1" --argjson q "$2" '
	    (([.histogram[][1]] | add - $caught) * $q) as $rank |
	    reduce .histogram[] as [$below, $n] ({ n: 0, at: null };
		.n += $n | if .at == null and .n >= $rank
		then .at = $below else . end) | .at' "$tmp/json"
}

# most A B, least A B
most() {
	printf '%s\n' "$@" | sort -g | tail -n 1
}
least() {
	printf '%s\n' "$@" | sort -g | head -n 1
}

# report TITLE PID P99_LIMIT_MS: of the run before; -: no limits.
report() {
	caught=$(json "[.seats[] | select(.pid == $2) | .over] | add // 0")
	others=$(json "[.seats[] | select(.pid != $2) | .max_us] | max // 0")
	late=$(json "[.seats[] | select(.pid != $2) | .over] | add // 0")
	max=$(most "$others" "$(rest_us "$caught" 1)")
	# The histogram rounds up; who is late has been counted to the point.
	[ "$late" != 0 ] || max=$(least "$max" "${late_ms}000")
	echo "$1: $(json .ok) answered"
	judged failed "$(json '[.errors[]] | add')" \
	    "$([ "$3" = - ] || echo 0)"
	judged "p99, ms" "$(ms "$(rest_us "$caught" 0.99)")" "$3"
	judged "max, ms" "$(ms "$max")" "$([ "$3" = - ] || echo "$late_ms")"
	echo "  caught            $caught in $stalls stalls; with them p99" \
	    "$(ms "$(json .latency_us.p99)"), max" \
	    "$(ms "$(json .latency_us.max)") ms"
	echo "  the client itself at most" \
	    "$(ms "$(json .generator.max_late_us)") ms late"
}

# judged TITLE VALUE LIMIT
judged() {
	printf '  %-17s %s' "$1" "$2"
	case $3 in
	"" | -) echo ;;
	*) echo " $(judge "$2" at_most "$3")" ;;
	esac
}

count_late() {
	now=$(late_now)
	echo $((now - late_before)) >>"$tmp/late"
	late_before=$now
}

# ours MODE WORKERS HOW
ours() {
	serve "$1" "$2" --late "$late_ms" --burn 2000 || return 0
	until_true late_now
	late_before=0
	: >"$tmp/late"
	victim=$(seat_pid 0)
	stall_run "$3" "$app_port" "$victim" count_late
	case $1 in
	gate) limit=10 ;;
	spread) limit=- ;;
	*) limit=100 ;;
	esac
	report "$1, $2 workers, one $3" "$victim" "$limit"
	echo "  late at each stall $(paste -sd' ' "$tmp/late")" \
	    "$([ $limit = - ] ||
		judge "$(sort -n "$tmp/late" | tail -n 1)" at_most $batch)"
	quit "$app_pid"
}

theirs() {
	sh "$here/peers/${1%%-*}.sh" >"$tmp/version" || {
		sed "s/^/# left out: $1: /" "$tmp/version"
		return 0
	}
	port_next
	peer "$1" "$app_port" "$2"
	app_pid=$pid
	victim=$(children "$app_pid" | awk '{ print $1 }')
	stall_run stopped "$app_port" "$victim" :
	report "$1, $2 workers, one stopped" "$victim" -
	quit "$app_pid"
}

for workers in ${BENCH_STALL_WORKERS:-4 2}; do
	for how in stopped computing; do
		for mode in gate rr least spread; do
			ours "$mode" "$workers" "$how"
		done
	done
	for name in nginx nginx-reuseport node-rr; do
		theirs "$name" "$workers"
	done
done
