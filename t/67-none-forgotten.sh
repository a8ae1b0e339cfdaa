#!/bin/sh
# Every test and every manual page in the tree is one that make knows.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
cd "$top_srcdir" || exit 1

words() {			# one to a line, sorted
	printf '%s\n' "$@" | sort
}

# The lists are lists of words.
# shellcheck disable=SC2046,SC2086
{
	set -- @tests@
	words "$@" >"$tmp/known"
	words $(find t -name '[0-9]*.c' -o -name '[0-9]*.sh' |
		sed 's/\.[^.]*$/.t/') >"$tmp/there"
	ok "there are tests" [ "$(wc -l <"$tmp/there")" -gt 7 ] || :
	none "all of them are in a .mk" "$(comm -13 "$tmp/known" "$tmp/there")"
	none "none is there twice" "$(uniq -d "$tmp/known")"

	set -- @pages@
	words "$@" >"$tmp/known"
	words $(find man -name '*.[1-9]') >"$tmp/there"
	none "all manual pages are installed" \
	    "$(comm -13 "$tmp/known" "$tmp/there")"
}
done_testing
