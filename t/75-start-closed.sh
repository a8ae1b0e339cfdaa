#!/bin/sh
# A start with closed descriptors returns, and takes none of them for its own.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
cadre='@abs_top_builddir@/cadre'
. "$top_srcdir/t/lib/tap.sh"
CADRE_RUNTIME_DIR=$tmp
export CADRE_RUNTIME_DIR

start() {			# $1: its name, the rest: what is closed
	name=$1
	shift
	eval "timeout 60 \"\$cadre\" start -n $name -i 1 sleep 1000 $*"
}

for closed in '>&-' '2>&-' '<&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	ok "start $closed returns 0" start app "$closed"
	ok "and is stopped" timeout 60 "$cadre" stop app
done

# Refused, a start has no business with children that it never had.
ok "another runs" timeout 60 "$cadre" start -n app -i 1 sleep 1000
(sleep 1000 & echo $! >"$tmp/pid"; exec "$cadre" run -n app -i 1 sleep 1000) \
    >"$tmp/out" 2>&1
ok "a refused one kills none of its starter's children" \
    kill "$(cat "$tmp/pid")"
ok "the first is stopped" timeout 60 "$cadre" stop app
done_testing
