#!/bin/sh
# In a model of a reload no seat goes without a worker or has two, and each rule is needed.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
. "$top_srcdir/t/lib/model.sh"

verify() {			# "DEATHS HANGS FORKS RELOADS SCALES STOPS" [-DRULE]
	counts=$1
	shift
	defines=
	for name in DEATHS HANGS FORKS RELOADS SCALES STOPS; do
		defines="$defines -D$name=${counts%% *}"
		counts=${counts#* }
	done
	# shellcheck disable=SC2086 # words
	model_search reload "${defines# } $*" \
	    "-DSAFETY -DCOLLAPSE -DMEMLIM=2048" "-m100000" $defines "$@"
}

good() {			# COUNTS CLAIM
	verify "$1"
	ok "$2" model_searched || :
}

bad() {				# RULE PATTERN-OF-THE-CLAIM
	verify "2 1 1 2 0 1" "-D$1"
	ok "$1: found" grep -E "^pan:1: assertion violated.*$2.*at depth" \
	    said || :
}

good "2 1 1 2 1 1" "all that can happen, a little of each"
good "3 1 0 2 0 0" "deaths"
good "1 1 0 2 2 0" "scaling meanwhile"
good "1 1 2 2 0 1" "forks that fail, and a stop"

bad RELIEVE_EARLY '!\(1\)\|\|\(state\[.*==2\)'
bad NO_PROOF '!\(1\)\|\| !\(canary\)'
bad NO_WITHDRAW '==4\)\)\)\)\|\|\(runs&&\(\(phase'
bad NO_PIDFD_RULE ' !\(lives\['
bad NO_DEATH_SEEN '!\(successor\['
bad NO_END_AT_STOP '!\(runs\)\|\| !\(stopping\)'
bad NO_TAKE_OVER 'state\['
bad NO_LAST_STANDS '==5\)'
done_testing
