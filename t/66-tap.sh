#!/bin/sh
# t/lib/tap.c can fail: what it prints is TAP, children's results included.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
: "${CC:=cc}"

cat >"$tmp/some.c" <<'END'
#include <sys/wait.h>
#include <unistd.h>
#include "t/lib/tap.h"
int
main(int argc, char **argv)
{
	if (argc == 1)
		return done_testing();
	if (argv[1][0] == 's')
		skip_all("no reason # at all");
	if (argv[1][0] == 'b')
		bail_out("no");
	if (argv[1][0] == 'p')
		plan(3);
	ok(1, "good %d", 1);
	if (fork() == 0)
		_exit(ok(argv[1][0] != 'c', "in a child") ? done_testing() : 0);
	wait(NULL);
	is_str(argv[1][0] == 'n' ? NULL : "", "", "a string");
	return done_testing();
}
END
ok "a program with tap.c compiles" "$CC" -std=c11 -D_GNU_SOURCE -Wall -Wextra \
    -Werror -I'@abs_top_builddir@' -I"$top_srcdir" -o "$tmp/some" "$tmp/some.c" \
    "$top_srcdir/t/lib/tap.c" || done_testing

tap() {				# what it prints, and its status
	"$tmp/some" "$@" 2>"$tmp/diag"
	echo "= $?"
}

is "$(tap g)" "ok 1 - good 1
ok 2 - in a child
ok 3 - a string
1..3
= 0" "all good, the plan behind"
is "$(tap p | sed -n '1p;$p')" "1..3
= 0" "all good, the plan before"
is "$(tap c)" "ok 1 - good 1
not ok 2 - in a child
ok 3 - a string
1..3
= 1" "a failure in a child is the test's"
is "$(tap n)" "ok 1 - good 1
ok 2 - in a child
not ok 3 - a string
1..3
= 1" "a failure"
is "$(grep -c '^# ' "$tmp/diag") $(grep -vc '^# ' "$tmp/diag")" "3 0" \
    "it is explained behind '# '"
is "$(tap s)" "1..0 # SKIP no reason   at all
= 0" "nothing can be tested"
is "$(tap b)" "not ok 1 - no
= 255" "the test cannot go on"
is "$(tap)" "not ok 1 - a test that tests nothing
1..1
= 1" "nothing was tested"
done_testing
