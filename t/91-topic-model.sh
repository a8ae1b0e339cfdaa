#!/bin/sh
# In a model of publish and subscribe no sleeper is left with news, and each rule is needed.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
. "$top_srcdir/t/lib/model.sh"

verify() {			# [-DRULE …]
	model_search topic "${*:-all rules}" "-DSAFETY -DNOREDUCE -DCOLLAPSE" \
	    "-E -m1000000" "$@"
}

good() {			# CLAIM [-D …]
	claim=$1
	shift
	verify "$@"
	ok "$claim" model_holds || :
}

bad() {				# RULE [-D …]
	rule=$1
	shift
	verify "$@" "-D$rule"
	is "$(model_wrong)" \
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
