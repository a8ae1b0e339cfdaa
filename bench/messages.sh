#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What messages cost: bench/messages beside the bare system calls, and beside
# Node's process.send where that is there, all in one interleaved run.
#
#	messages.sh [oneway|trip|publish]…	all without one
#
# BENCH_MESSAGES (200000), BENCH_TRIPS (20000) and BENCH_PUBLISHED (1000) are of
# a run.
# shellcheck source=bench/dispatch-lib.sh disable=SC2154
. "$(dirname "$0")/dispatch-lib.sh"
messages=$build/bench/messages
count=${BENCH_MESSAGES:-200000}
trips=${BENCH_TRIPS:-20000}
published=${BENCH_PUBLISHED:-1000}
for part in "$@"; do
	case $part in
	oneway | trip | publish) ;;
	*)
		sed -n 's/^#	/usage: /p' "$0" >&2
		exit 2
		;;
	esac
done
[ $# -gt 0 ] || set -- oneway trip publish
built "$messages"
conditions "messages: $pairs pairs, medians and spreads"
node=
if sh "$here/peers/node.sh" >"$tmp/need"; then
	node=node
	sed 's/^/# with /' "$tmp/need"
else
	sed 's/^/# left out: /' "$tmp/need"
fi

# into FILE COMMAND …: its figures, one to a file, FILE.1, FILE.2 …
into() {
	file=$tmp/$1
	shift
	"$@" >"$tmp/figures"
	read -r one two three <"$tmp/figures"
	echo "$one" >>"$file.1"
	echo "${two:-0}" >>"$file.2"
	echo "${three:-0}" >>"$file.3"
}

# each FILE FILE: the quotient of every pair, into $tmp/ratio.
each() {
	paste "$tmp/$1" "$tmp/$2" | awk '{ print $1 / $2 }' >"$tmp/ratio"
}

# line NAME FILE UNIT
line() {
	printf '%-34s %10s %s  (%s)\n' "$1" "$(median "$tmp/$2")" "$3" \
	    "$(spread "$tmp/$2")"
}

# ratio NAME FILE FILE at_most|at_least|- LIMIT
ratio() {
	each "$2" "$3"
	word=
	[ "$4" = - ] || word=$(judge "$(median "$tmp/ratio")" "$4" "$5")
	printf '%-34s %10.3f    (%s) %s\n' "$1" "$(median "$tmp/ratio")" \
	    "$(spread "$tmp/ratio")" "$word"
}

# The first takes turns, so that none always has the better moment.
oneway() {
	for i in $(seq "$pairs"); do
		[ $((i % 2)) = 0 ] || into bare "$messages" oneway-bare "$count"
		into ours "$messages" oneway "$count"
		[ $((i % 2)) = 1 ] || into bare "$messages" oneway-bare "$count"
		into epoll "$messages" oneway-epoll "$count"
		into cork "$messages" oneway-corked "$count"
		[ -z "$node" ] ||
		    into node node "$here/peers/messages.js" oneway "$count"
	done
	echo "one way, 64 bytes, a worker to its master"
	line "bare send and receive" bare.1 "ns of CPU"
	line "bare, received by epoll" epoll.1 "ns of CPU"
	line "message" ours.1 "ns of CPU"
	line "message, corked" cork.1 "ns of CPU"
	[ -z "$node" ] || line "Node's" node.1 "ns of CPU"
	line "bare" bare.2 "a second"
	line "messages" ours.2 "a second"
	line "messages, corked" cork.2 "a second"
	[ -z "$node" ] || line "Node's" node.2 "a second"
	ratio "message / bare, CPU" ours.1 bare.1 at_most 1.15
	ratio "message / bare by epoll, CPU" ours.1 epoll.1 -
	ratio "corked / bare, CPU" cork.1 bare.1 at_most 1.15
	[ -z "$node" ] || ratio "messages a second / Node's" ours.2 node.2 \
	    at_least 3
	[ -z "$node" ] || ratio "corked, a second / Node's" cork.2 node.2 \
	    at_least 3
}

trip() {
	for i in $(seq "$pairs"); do
		[ $((i % 2)) = 0 ] || into tbare "$messages" trip-bare "$trips"
		into trip "$messages" trip "$trips"
		[ $((i % 2)) = 1 ] || into tbare "$messages" trip-bare "$trips"
		into tbusy "$messages" trip-busy "$trips"
		into tepoll "$messages" trip-epoll "$trips"
		[ -z "$node" ] ||
		    into tnode node "$here/peers/messages.js" trip "$trips"
	done
	echo "there and back, 64 bytes, a request and its reply"
	line "bare, both blocked in recv" tbare.1 us
	line "bare, both wait in epoll" tepoll.1 us
	line "request and reply" trip.1 us
	line "looking before sleeping" tbusy.1 us
	[ -z "$node" ] || line "Node's" tnode.1 us
	line "bare, both" tbare.2 "us of CPU"
	line "request and reply, both" trip.2 "us of CPU"
	line "looking before sleeping, both" tbusy.2 "us of CPU"
	ratio "request / bare" trip.1 tbare.1 at_most 1.2
	ratio "request / bare in epoll" trip.1 tepoll.1 -
	ratio "looking / bare" tbusy.1 tbare.1 at_most 1.2
	ratio "looking / sleeping, CPU" tbusy.2 trip.2 -
	[ -z "$node" ] || ratio "Node's / request" tnode.1 trip.1 at_least 3
	[ -z "$node" ] || ratio "Node's / looking" tnode.1 tbusy.1 at_least 3
}

# Sends go through the master, who wakes the others; a bare send wakes its own.
publish() {
	for i in $(seq "$pairs"); do
		for state in awake asleep; do
			into "$state" "$messages" "publish-$state" "$published"
			into "bare-$state" "$messages" "sends-$state" \
			    "$published"
		done
	done
	echo "to 16 others, 64 bytes: CPU of who publishes"
	for state in awake asleep; do
		line "$state: publish" "$state.1" ns
		line "$state: 16 sends by the master" "$state.2" ns
		line "$state: 16 bare sends" "bare-$state.1" ns
		line "$state: wake-ups for each" "$state.3" ""
		limit=at_least
		[ "$state" = awake ] || limit=-
		ratio "$state: 16 sends / publish" "$state.2" "$state.1" \
		    "$limit" 5
		ratio "$state: 16 bare sends / publish" "bare-$state.1" \
		    "$state.1" -
	done
}

last=
for part in "$@"; do
	[ -z "$last" ] || echo
	last=$part
	"$part"
done
