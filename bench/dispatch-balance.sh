#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Who gets how many: 100 connections one after the other, and 1,000 that stay,
# half of them replaced; four workers. nginx beside it, of no account.
# shellcheck source=bench/dispatch-lib.sh disable=SC2154
. "$(dirname "$0")/dispatch-lib.sh"
workers=4
conditions "balance: $workers workers; 100 in turn; 1,000 held, 50 % churn"
need curl
need jq
built "$server" "$client"
descriptors

# in_turn: connections of each worker, the most first, from .sequence; a worker
# that got none is a 0.
in_turn() {
	json '.sequence[]' | sort | uniq -c | awk '{ print $1 }' |
	    sort -rn | awk -v w="$workers" '{ print } END {
		for (n = NR; n < w; n++) print 0 }' | paste -sd' '
}

# of_each NAME PORT
of_each() {
	clients "$2" --sequential 100
	turns=$(in_turn)
	clients "$2" --hold 1000 --churn 50 --seats "$workers"
	held=$(json '.hold.per_seat | sort | reverse | join(" ")')
	max_min=$(json '.hold.spread')
	cv=$(json '.hold.cv * 100')
	lost=$(json '[.errors[]] | add')
	printf '%-9s 100 in turn: %s\n' "$1" "$turns"
	printf '%-9s 1,000 held:  %s; max - min %s, cv %.1f %%, errors %s\n' \
	    "" "$held" "$max_min" "$cv" "$lost"
}

for mode in rr least gate spread; do
	serve "$mode" "$workers" || continue
	of_each "$mode" "$app_port"
	case $mode in
	rr)
		echo "          in turn, the most less the least" \
		    "$(judge "$(echo "$turns" | awk '{ print $1 - $NF }')" \
		    at_most 0)" ;;
	least) echo "          max - min $(judge "$max_min" at_most 3)" ;;
	gate) echo "          cv in % $(judge "$cv" at_most 5)" ;;
	esac
	quit "$app_pid"
done
if sh "$here/peers/nginx.sh" >"$tmp/version"; then
	port_next
	peer nginx "$app_port" "$workers"
	of_each nginx "$app_port"
fi
sed 's/^/# nginx: /' "$tmp/version"
