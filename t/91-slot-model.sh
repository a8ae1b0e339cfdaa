#!/bin/sh
# In a model of a slot's life every rule holds, and fails when its keeper is left out.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
. "$top_srcdir/t/lib/model.sh"

verify() {			# OBSERVER LIVES [-DRULE …]
	search=-DSAFETY options=
	[ "$1" != WAITS ] || search=-DNFAIR=3 options='-a -f'
	observer=$1 lives=$2
	shift 2
	model_search slot "$observer${1+ $*}" "-DMEMLIM=2048 $search" \
	    "-m100000 $options" "-D$observer" "-DLIVES=$lives" "$@"
}

good() {			# OBSERVER LIVES CLAIM [-D …]
	observer=$1 lives=$2 claim=$3
	shift 3
	verify "$observer" "$lives" "$@"
	ok "$claim" model_holds || :
}

bad() {				# OBSERVER LIVES RULE WHAT-FAILS
	verify "$1" "$2" "-D$3"
	is "$(model_wrong)" "$4" \
	    "$3: found"
}

good TOTALS 4 "one writer, and no figure falls"
good GAUGES 3 "no gauge of a life is counted for a later one"
good LIFE 3 "a life's figures are its own"
good LIFE 3 "and stay so when a fork fails" -DFORK_FAILS
good STATUS 4 "a status is never torn"
good WAITS 4 "a spawn that waits goes on" -DFORK_FAILS

one_writer='assertion violated (writers[s]==0)'
bad TOTALS 4 NO_PIDFD_RULE "$one_writer"
bad TOTALS 4 NO_DONTFORK "$one_writer"
bad TOTALS 4 GENERATION_FROM_SLOT 'assertion violated (generations>newest)'
bad GAUGES 3 NO_GENERATION_LAST \
    'assertion violated ((gauge==0)||(gauge>=g))'
bad LIFE 3 BASELINE_AFTER_FORK 'assertion violated (base==found[g])'
bad LIFE 3 BASELINE_BY_SLOT \
    'assertion violated ((was<=(value-base))&&((value-base)<=own[g]))'
bad LIFE 3 NO_SECOND_LOOK 'assertion violated (base==found[g])'
bad STATUS 4 NO_TWO_COPIES \
    'assertion violated ((slot[0].count!=n)||(first==last))'
bad WAITS 4 NO_WAKE 'acceptance cycle'
done_testing
