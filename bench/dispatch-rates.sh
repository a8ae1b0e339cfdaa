#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# New connections: how many a second, and what each costs the server, all its
# processes together. Two workers each; hello beside Node's cluster and nginx,
# in pairs of runs, one right after the other, who is first taking turns. All
# servers stand there from the start: idle, they cost nothing. nginx beside
# itself is the noise; half of its spread is what a limit may be missed by.
# shellcheck source=bench/dispatch-lib.sh disable=SC2154
. "$(dirname "$0")/dispatch-lib.sh"
workers=2
# One thread of wrk is busy at 21,000/s: it would be all that is measured.
threads=2
conditions "rates: wrk -t$threads -c64, Connection: close, $workers workers,\
 $pairs rounds of ${seconds}s a run"
need curl
need wrk

there=
# is_there NAME: the server that was started last.
is_there() {
	there="$there $1"
	eval "port_$1=\$app_port pid_$1=\$app_pid"
	echo "# $1: $(curl -sfi -m 2 -H 'Connection: close' \
	    "http://127.0.0.1:$app_port/" | wc -c) bytes a reply"
}
for name in nginx nginx_again nginx_reuseport node_rr node_none; do
	kind=$(echo "${name%_again}" | tr _ -)
	sh "$here/peers/${kind%-*}.sh" >"$tmp/version" || {
		sed "s/^/# left out: $name: /" "$tmp/version"
		continue
	}
	port_next
	peer "$kind" "$app_port" "$workers"
	app_pid=$pid
	echo "# with $name: $(cat "$tmp/version")"
	is_there "$name"
done
for mode in rr least gate spread; do
	hello_mode "$mode" "$workers" && is_there "$mode"
done
has() {
	case " $there " in *" $1 "*) return 0 ;; esac
	return 1
}

# measure NAME: one run; sets NAME_rps and NAME_cpu.
errors=0
measure() {
	eval "m_port=\$port_$1 m_pid=\$pid_$1"
	before=$(cpu_us "$m_pid")
	load "$m_port" / -c64 -H "Connection: close"
	cpu=$(div $(($(cpu_us "$m_pid") - before)) "$count" 2)
	echo "$rps" >>"$tmp/$1.rps"
	echo "$cpu" >>"$tmp/$1.cpu"
	errors=$((errors + failed))
	eval "$1_rps=\$rps $1_cpu=\$cpu"
}

# compare A B: a pair of runs, if both are there.
compare() {
	has "$1" && has "$2" || return 0
	if [ $((round % 2)) = 1 ]; then
		measure "$1"
		measure "$2"
	else
		measure "$2"
		measure "$1"
	fi
	for what in rps cpu; do
		eval "div \"\$$1_$what\" \"\$$2_$what\"" >>"$tmp/$1.$2.$what"
	done
}

# A, B, limits of connections/s and of CPU per connection; -: none.
cat >"$tmp/table" <<TABLE
nginx_again nginx - -
rr node_rr 2.2 0.25
rr nginx 0.95 1.3
gate nginx 0.95 1.1
least nginx - -
spread nginx_reuseport - -
node_none nginx - -
TABLE
for round in $(seq "$pairs"); do
	while read -r a b rest; do
		compare "$a" "$b" </dev/null
	done <"$tmp/table"
done

# half FILE: of its spread; nothing where it was not measured.
half() {
	[ ! -s "$1" ] || sort -n "$1" | sed -n '1p;$p' | paste -sd' ' |
	    awk '{ print ($2 - $1) / 2 }'
}
slack_rps=$(half "$tmp/nginx_again.nginx.rps")
slack_cpu=$(half "$tmp/nginx_again.nginx.cpu")

echo "                  connections/s (spread)        us of CPU a connection"
for name in $there; do
	[ -s "$tmp/$name.rps" ] || continue
	printf '%-17s %8.0f (%s)   %.1f (%s)\n' "$name" \
	    "$(median "$tmp/$name.rps")" "$(spread "$tmp/$name.rps")" \
	    "$(median "$tmp/$name.cpu")" "$(spread "$tmp/$name.cpu")"
done

# ratio TITLE FILE at_most|at_least LIMIT SLACK
ratio() {
	[ "$4" = - ] || word=$(judge "$(median "$2")" "$3" "$4" "${5:-0}")
	printf '  %-14s %.3f (%s) %s\n' "$1" "$(median "$2")" "$(spread "$2")" \
	    "${word-}"
	unset word
}
while read -r a b rps cpu; do
	[ -s "$tmp/$a.$b.rps" ] || continue
	echo "$a ÷ $b"
	ratio "connections/s" "$tmp/$a.$b.rps" at_least "$rps" "$slack_rps"
	ratio "CPU" "$tmp/$a.$b.cpu" at_most "$cpu" "$slack_cpu"
done <"$tmp/table"
echo "errors            $errors"
