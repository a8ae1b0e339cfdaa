#!/bin/sh
# In a model of mode gate no connection is forgotten, and each rule is needed.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
: "${CC:=cc}"
command -v spin >/dev/null 2>&1 ||
	skip_all "spin is not installed (Debian's package spin)"
model=$top_srcdir/t/spin/gate.pml
cd "$tmp" || exit 1

# verify PROPERTY WORKERS [-DRULE …]: what the verifier says, in ./said.
verify() {
	property=$1 workers=$2
	shift 2
	spin "-D$property" "-DWORKERS=$workers" "$@" -a "$model" >said 2>&1 &&
	    "$CC" -w -O2 -DSAFETY -DNOREDUCE -DCOLLAPSE pan.c >>said 2>&1 &&
	    ./a.out -m1000000 >said 2>&1 || :
	awk -v run="$property${1+ $*}" '
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

good() {			# PROPERTY WORKERS CLAIM [-D …]
	property=$1 workers=$2 claim=$3
	shift 3
	verify "$property" "$workers" "$@"
	ok "$claim" holds || :
}

bad() {				# PROPERTY WORKERS RULE [-D …]
	property=$1 workers=$2 rule=$3
	shift 3
	verify "$property" "$workers" "$@" "-D$rule"
	fails='(waited<=allowed)'
	[ "$property" != LINE ] || fails='(entries>0)'
	[ "$property" != IDLE ] || fails='(late==0)'
	is "$(sed -n 's/^pan:1: \(.*\) (at depth .*/\1/p' said)" \
	    "assertion violated $fails" "$rule: found"
}

good LINE 3 "never are all out"
good IDLE 2 "an idle app ends with nobody out"
good WAITS 2 "nothing waits for longer than a timeout, with no rescue"
good WAITS 2 "nor when one drains" -DDRAINS
good WAITS 2 "nor at a worker's limit" -DLIMIT=1
good WAITS 2 "nor at a limit of them all" -DAPP_LIMIT=1
good WAITS 2 "after a kill a rescue is enough" -DKILLS
good WAITS 2 "and while one is stopped" -DSTOPS

bad LINE 3 NO_FENCE
bad LINE 3 NO_SECOND_LOOK
bad LINE 3 IN_BEFORE_ADD
bad IDLE 2 NO_FRESH_ACCEPT
for rule in NO_TIMEOUT NO_LOOK_WHEN_OUT NO_LOOK_AFTER NO_LEVEL_AT_ADD EDGE; do
	bad WAITS 2 "$rule"
done
bad WAITS 2 SERVE_FIRST
bad WAITS 2 NO_LAST_ACCEPT -DDRAINS
bad WAITS 2 NO_COMING_BACK -DLIMIT=1
bad WAITS 2 NO_TIMEOUT_FULL -DAPP_LIMIT=1
bad WAITS 2 NO_RESCUE -DKILLS
bad WAITS 2 NO_RESCUE -DSTOPS
done_testing
