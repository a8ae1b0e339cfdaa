#!/bin/sh
# tools → runtime → shm, never back; and what those may not contain.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
: "${CC:=cc}"
cd "$top_srcdir" || exit 1

# search PATTERN FILE …: lines with it, comments aside. Each file is stripped of
# these once.
search() {
	pattern=$1
	shift
	for f in "$@"; do
		[ -f "$tmp/plain/$f" ] || {
			mkdir -p "$tmp/plain/${f%/*}"
			"$CC" -w -fpreprocessed -dD -E -P -x c "$f" \
			    >"$tmp/plain/$f"
		}
	done
	(cd "$tmp/plain" && printf '%s\n' "$@" | sed 's|^/|./&|' |
	    xargs grep -EH -- "$pattern" | sed 's|:|: |; s|^[.]/||')
}
include='^ *# *include *"'

# That the search finds anything is shown on what must be there.
cat >"$tmp/sample.c" <<'END'
/* volatile */
#include "runtime/spawn.h"
static volatile int x;
END
is "$(search 'volatile' "$tmp/sample.c")" \
    "$tmp/sample.c: static volatile int x;" "words are found, comments not"
ok "runtime/ includes shm/" [ -n "$(search "${include}shm/" runtime/*.c)" ] || :
ok "tools/ calls cadre_" [ -n "$(search '\<cadre_' tools/*.c)" ] || :

none "include/ includes <cadre/…> and the system only" \
    "$(search "$include" include/cadre/*.h)"
none "shm/ includes nothing of runtime/ and tools/" \
    "$(search "$include(runtime|tools)/" shm/*.[ch])"
none "runtime/ includes nothing of tools/" \
    "$(search "${include}tools/" runtime/*.[ch])"
none "examples/ and bindings/ include public headers and their own only" "$(
	find examples bindings -name '*.[ch]' | while read -r f; do
		search "$include" "$f" | grep -vE '"(examples|bindings)/'
	done)"

none "no volatile: shm/atomic.h" "$(search '\<volatile\>' \
    shm/*.[ch] runtime/*.[ch] include/cadre/*.h tools/*.[ch])"
none "runtime/ uses the monotonic clock: no time(), no gettimeofday()" \
    "$(search '\<(time|gettimeofday|ftime) ?\(' runtime/*.[ch])"
none "but for a subreaper's orphans, only own children are waited for" \
    "$(search '\<(wait|wait3) ?\(|waitpid ?\( ?(-1|0|WAIT_ANY)|P_ALL' \
    shm/*.[ch] runtime/*.[ch] | grep -v '^runtime/orphans.c:')"
# In the child between fork and application it is the only way to say why.
none "shm/ and runtime/ do not end the process or print, but in the child" \
    "$(search '\<(_?exit|abort|[dfv]*printf|puts|perror) ?\(' \
    shm/*.[ch] runtime/*.[ch] | grep -v -e cadre_fail -e '^shm/fault.c:' \
    -e '^shm/error.c: .*program_invocation' \
    -e '^runtime/probe.c:' -e '^runtime/spawn.c:' -e '^runtime/surroundings.c:' \
    -e '^runtime/rehearsal.c:' -e '^runtime/acceptor-birth.c:' -e '^runtime/dispatch.c:')"
done_testing
