#!/bin/sh
# In a model of a reload no seat goes without a worker or has two, and each rule is needed.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
: "${CC:=cc}"
command -v spin >/dev/null 2>&1 ||
	skip_all "spin is not installed (Debian's package spin)"
model=$top_srcdir/t/spin/reload.pml
cd "$tmp" || exit 1

# verify "DEATHS HANGS FORKS RELOADS SCALES STOPS" [-DRULE]: ./said.
verify() {
	counts=$1
	shift
	defines=
	for name in DEATHS HANGS FORKS RELOADS SCALES STOPS; do
		defines="$defines -D$name=${counts%% *}"
		counts=${counts#* }
	done
	# shellcheck disable=SC2086 # words
	spin $defines "$@" -a "$model" >said 2>&1 &&
	    "$CC" -w -O2 -DSAFETY -DCOLLAPSE -DMEMLIM=2048 pan.c >>said 2>&1 &&
	    ./a.out -m100000 >said 2>&1 || :
	awk -v run="$defines $*" '
	    / depth reached / { depth = $6 + 0 }
	    / states, stored/ { states = $1 }
	    /elapsed time/ { seconds = $4 }
	    END { printf "#%s: %d states, depth %d, %s s\n", run, states,
	        depth, seconds }' said
}

# All of it was searched.
holds() {
	grep -q 'errors: 0$' said && ! grep -q 'search not completed' said &&
	    ! grep -E '(max search depth|out of memory|MEMLIM|error:)' said &&
	    return
	cat said
	return 1
}

good() {			# COUNTS CLAIM
	verify "$1"
	ok "$2" holds || :
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
