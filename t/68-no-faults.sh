#!/bin/sh
# Fault points leave nothing in the libraries, unless they were asked for.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
libs='@abs_top_builddir@/.libs'
. "$top_srcdir/t/lib/tap.sh"

command -v objdump >/dev/null || skip_all "no objdump: apt-get install binutils"
[ -f "$libs/libcadre.so" ] || skip_all "no shared libraries were built"

# Names of points stand in the sources; what a library has of them.
grep -ohE 'CADRE_FAULT(_AT)?\("[a-z.]+"' "$top_srcdir"/shm/*.c \
    "$top_srcdir"/runtime/*.c | cut -d'"' -f2 | sort >"$tmp/names"
ok "the sources have some" [ "$(wc -l <"$tmp/names")" -gt 40 ] || :
none "none twice" "$(uniq -d "$tmp/names")"

traces() {			# of library $1: section, symbols, names
	objdump -h -t -T "$libs/$1.so" 2>&1 | grep -o 'cadre_*faults*' | sort -u
	strings -a "$libs/$1.so" | grep -xFf "$tmp/names"
}

for lib in libcadre libcadre-shm; do
	if [ -n '@faults@' ]; then
		ok "$lib has them: it was built so" [ -n "$(traces $lib)" ] || :
	else
		none "$lib has nothing of them" "$(traces $lib)"
	fi
done
done_testing
