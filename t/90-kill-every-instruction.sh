#!/bin/sh
# At every instruction of every write a real kill, and a successor: t/13-kill-* in their long form.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
top_builddir='@abs_top_builddir@'
. "$top_srcdir/t/lib/tap.sh"

STEP_ALL=1
export STEP_ALL top_srcdir top_builddir
for t in "$top_builddir"/t/13-kill-*.t; do
	name=${t##*/}
	"$t" >"$tmp/out" 2>&1
	status=$?
	if grep -q '^1\.\.0' "$tmp/out"; then
		skip_all "no process can be traced here"
	fi
	ok "$name: all of it" [ $status -eq 0 ] || cat "$tmp/out" >&2
	sed -n 's/^ok [0-9]* - \(.* boundaries.*\)/# \1/p' "$tmp/out"
done
done_testing
