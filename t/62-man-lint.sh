#!/bin/sh
# The manual is clean mdoc, and every public function stands in it.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
: "${CC:=cc}"

for page in "$top_srcdir"/man/*.[1-9] '@abs_top_builddir@'/man/*.[1-9]; do
	if command -v mandoc >/dev/null; then
		ok "${page##*/} is clean" mandoc -Tlint -Wwarning "$page" || :
	else
		skip "no mandoc: apt-get install mandoc"
	fi
done

echo '#include <cadre/cadre.h>' |
	"$CC" -E -P -I"$top_srcdir/include" -x c - | grep -v typedef |
	grep -oE '\<cadre_[a-z0-9_]+\(' | tr -d '(' | sort -u >"$tmp/functions"
ok "there are functions to describe" [ -s "$tmp/functions" ] || :
none "every one of them stands in a page" "$(
	while read -r f; do
		grep -qw -- "$f" "$top_srcdir"/man/*.[1-9] || echo "$f"
	done <"$tmp/functions")"
done_testing
