#!/bin/sh
# In a model of publish and subscribe no sleeper is left with news, and each rule is needed.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
: "${CC:=cc}"
command -v spin >/dev/null 2>&1 ||
	skip_all "spin is not installed (Debian's package spin)"
model=$top_srcdir/t/spin/topic.pml
cd "$tmp" || exit 1

# verify [-DRULE …]: what the verifier says, in ./said.
verify() {
	spin "$@" -a "$model" >said 2>&1 &&
	    "$CC" -w -O2 -DSAFETY -DNOREDUCE -DCOLLAPSE pan.c >>said 2>&1 &&
	    ./a.out -E -m1000000 >said 2>&1 || :
	awk -v run="${*:-all rules}" '
	    / depth reached / { depth = $6 + 0 }
	    / states, stored/ { states = $1 }
	    /elapsed time/ { seconds = $4 }
	    END { printf "# %s: %d states, depth %d, %s s\n", run, states,
	        depth, seconds }' said
}

# All of it was searched, and every line of every process was reached.
holds() {
	grep -q 'errors: 0$' said && ! grep -q 'search not completed' said &&
	    ! grep -E '(max search depth|out of memory|MEMLIM|error:)' said &&
	    awk '/^unreached in proctype/ { of = $4 }
		of != "" && /state [0-9]+,/ && !/"-end-"/ && !seen[$0]++ {
			print of, $0; bad = 1 }
		END { exit bad }' said && return
	cat said
	return 1
}

good() {			# CLAIM [-D …]
	claim=$1
	shift
	verify "$@"
	ok "$claim" holds || :
}

bad() {				# RULE [-D …]
	rule=$1
	shift
	verify "$@" "-D$rule"
	is "$(sed -n 's/^pan:1: \(.*\) (at depth .*/\1/p' said)" \
	    "assertion violated  !(((seen[0]!=records[0])||(seen[1]!=records[1])))" \
	    "$rule: found"
}

good "who sleeps has read all, or is woken"
good "also when one dies while it publishes" -DKILLS
bad NO_PUBLISH_FENCE
bad NO_SLEEP_FENCE
bad NO_SECOND_LOOK
bad NO_TELLING -DKILLS
done_testing
