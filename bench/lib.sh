# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034
# What the measurements in sh share: conditions, servers, figures. make bench
# sets top_builddir, BENCH_CC and BENCH_CFLAGS; by hand, run it from build/.

set -eu
build=${top_builddir:-.}
here=$(dirname "$0")
pairs=${BENCH_PAIRS:-5}
seconds=${BENCH_SECONDS:-3}
port=${BENCH_PORT:-$((10240 + $$ * 8 % 20000))}
hello=$build/examples/hello

[ -x "$hello" ] || {
	echo "$0: no $hello: run it by make bench, or in the build directory" >&2
	exit 1
}

# All of it is gone at the end; what was started ends first.
tmp=$(mktemp -d)
started=
paused=
CADRE_RUNTIME_DIR=$tmp/run
export CADRE_RUNTIME_DIR
mkdir "$CADRE_RUNTIME_DIR"
finish() {
	for pid in $paused; do
		kill -CONT "$pid" 2>/dev/null || :
	done
	for pid in $started; do
		kill "$pid" 2>/dev/null || :
	done
	for pid in $started; do
		wait "$pid" 2>/dev/null || :
	done
	rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

conditions() {
	echo "# $1"
	echo "# $(uname -sr), $(nproc) processors:$(sed -n \
	    's/^model name[^:]*://p' /proc/cpuinfo | head -n 1)"
	echo "# load before: $(cut -d' ' -f1-3 /proc/loadavg)"
	echo "# built by: ${BENCH_CC:-unknown} ${BENCH_CFLAGS-}"
}

# need NAME: a program measured with or against; says what to install.
need() {
	sh "$here/peers/$1.sh" >"$tmp/need" || {
		sed 's/^/# skipped: /' "$tmp/need"
		exit 0
	}
	sed 's/^/# with /' "$tmp/need"
}

# run_into FILE COMMAND …: in the background, its pid in $pid, ended with this
# script. run COMMAND …: the same, what it says kept for until_true.
run_into() {
	run_log=$1
	shift
	"$@" >>"$run_log" 2>&1 &
	pid=$!
	started="$started $pid"
}
run() {
	run_into "$tmp/log" "$@"
}

# quit PID: end one that was run, now. gone PID: it has ended by itself.
quit() {
	kill "$1" 2>/dev/null || :
	wait "$1" 2>/dev/null || :
	gone "$1"
}
gone() {
	started=$(echo "$started " | sed "s/ $1 / /")
}

# peer NAME PORT WORKERS: run one of peers/peer.sh, up to its ready.
peer() {
	mkdir "$tmp/$1-$2"
	run sh "$here/peers/peer.sh" serve "$@" "$tmp/$1-$2"
	until_true sh "$here/peers/peer.sh" ready "$@" "$tmp/$1-$2" "$pid"
}

# until_true COMMAND …: up to 10 s.
until_true() {
	for _ in $(seq 200); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.05
	done
	echo "$0: waited in vain for: $*" >&2
	cat "$tmp/log" >&2
	exit 1
}

children() {
	cat "/proc/$1/task/$1/children"
}

# answers PORT PID: it does, and it is ours: it has workers.
answers() {
	[ -n "$(children "$2")" ] || return
	curl -sf -m 2 "http://127.0.0.1:$1/"
}

# cpu_ticks PID: user and system time of it and its children, in clock ticks.
cpu_ticks() {
	for p in $1 $(children "$1"); do
		sed 's/.*) //' "/proc/$p/stat"
	done | awk '{ n += $12 + $13 } END { print n + 0 }'
}

# cpu_us PID: the same in microseconds, of all threads that live.
cpu_us() {
	for p in $1 $(children "$1"); do
		set -- "$@" "/proc/$p/task/"*/schedstat
	done
	shift
	cat "$@" | awk '{ n += $1 } END { printf "%.0f\n", n / 1000 }'
}

# load PORT PATH ARG …: one wrk run of $seconds with $threads threads (1);
# sets rps, count and failed.
load() {
	load_url=http://127.0.0.1:$1$2
	shift 2
	wrk -t"${threads:-1}" -d"${seconds}s" "$@" "$load_url" >"$tmp/wrk"
	rps=$(awk '/^Requests\/sec/ { print $2 }' "$tmp/wrk")
	count=$(awk '/requests in/ { print $1 }' "$tmp/wrk")
	failed=$(awk '/Socket errors/ { gsub(",", ""); n += $4 + $6 + $8 + $10 }
	    /Non-2xx/ { n += $NF } END { print n + 0 }' "$tmp/wrk")
}

# div A B [DIGITS]
div() {
	awk -v a="$1" -v b="$2" -v d="${3:-3}" \
	    'BEGIN { printf "%.*f\n", d, b ? a / b : 0 }'
}

# median FILE: of its numbers, one per line. spread FILE: least and most.
median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END {
	    print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
spread() {
	sort -n "$1" | sed -n '1p;$p' | paste -sd' ' | sed 's/ / to /'
}
