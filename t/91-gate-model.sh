#!/bin/sh
# In a model of mode gate no connection is forgotten, and each rule is needed.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
. "$top_srcdir/t/lib/model.sh"

verify() {			# PROPERTY WORKERS [-DRULE …]
	property=$1 workers=$2
	shift 2
	model_search gate "$property${1+ $*}" "-DSAFETY -DNOREDUCE -DCOLLAPSE" \
	    "-m1000000" "-D$property" "-DWORKERS=$workers" "$@"
}

good() {			# PROPERTY WORKERS CLAIM [-D …]
	property=$1 workers=$2 claim=$3
	shift 3
	verify "$property" "$workers" "$@"
	ok "$claim" model_holds || :
}

bad() {				# PROPERTY WORKERS RULE [-D …]
	property=$1 workers=$2 rule=$3
	shift 3
	verify "$property" "$workers" "$@" "-D$rule"
	fails='(waited<=allowed)'
	[ "$property" != LINE ] || fails='(entries>0)'
	[ "$property" != IDLE ] || fails='(late==0)'
	is "$(model_wrong)" \
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
