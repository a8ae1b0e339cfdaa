#!/bin/sh
# A counter's add is plain moves and an add; only the _mt calls lock the bus.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
: "${CC:=cc}"

command -v objdump >/dev/null || skip_all "no objdump: apt-get install binutils"
command -v "$CC" >/dev/null || skip_all "no $CC"

cat >"$tmp/calls.c" <<'END'
#include <cadre/metric.h>
void c_add(struct cadre_counter *c) { cadre_counter_add(c, 3); }
void c_add_mt(struct cadre_counter *c) { cadre_counter_add_mt(c, 3); }
void g_add(struct cadre_gauge *g) { cadre_gauge_add(g, -3); }
void g_add_mt(struct cadre_gauge *g) { cadre_gauge_add_mt(g, -3); }
void g_set(struct cadre_gauge *g) { cadre_gauge_set(g, 3); }
END
ok "a user of metric.h compiles" \
    "$CC" -O2 -I"$top_srcdir/include" -c -o "$tmp/calls.o" "$tmp/calls.c" ||
	done_testing
objdump -f "$tmp/calls.o" | grep -q x86-64 || {
	skip "the lock prefix is x86-64's"
	done_testing
}

# The instructions of function $1 of file $2 that own a cache line: those
# with a lock prefix, and xchg with memory, which locks without one.
locking() {
	objdump -d --no-show-raw-insn --disassemble="$1" "$2" |
		awk -F '\t' 'NF > 1 && $2 ~ /lock|xchg.*\(/ { print $2 }'
}

instructions() {
	objdump -d --no-show-raw-insn --disassemble="$1" "$2" | grep -c '	'
}

check() {			# $1: file, then functions
	file=$1
	shift
	for f in "$@"; do
		ok "$f is there" [ "$(instructions "$f" "$file")" -gt 1 ] || :
		case $f in
		*_mt)	ok "$f locks" [ -n "$(locking "$f" "$file")" ] || : ;;
		*)	none "$f locks nothing" "$(locking "$f" "$file")" ;;
		esac
	done
}

check "$tmp/calls.o" c_add g_add g_set c_add_mt g_add_mt
lib='@abs_top_builddir@/.libs/libcadre-shm.so'
[ -f "$lib" ] || lib='@abs_top_builddir@/.libs/libcadre-shm.a'
check "$lib" cadre_counter_add cadre_gauge_add cadre_gauge_set \
    cadre_counter_add_mt cadre_gauge_add_mt
done_testing
