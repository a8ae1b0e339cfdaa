# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Models of t/spin/, searched by spin; behind tap.sh, in a test's own directory.

: "${CC:=cc}"
command -v spin >/dev/null 2>&1 ||
	skip_all "spin is not installed (Debian's package spin)"
# shellcheck disable=SC2154 # of tap.sh
cd "$tmp" || exit 1

# model_search NAME RUN "FLAG OF cc …" "FLAG OF pan …" -DRULE …: what the
# verifier says, in ./said; RUN is what this search is called.
model_search() {
	# shellcheck disable=SC2154 # the test's
	pml=$top_srcdir/t/spin/$1.pml run=$2 cc_flags=$3 pan_flags=$4
	shift 4
	# shellcheck disable=SC2086 # words
	spin "$@" -a "$pml" >said 2>&1 &&
	    "$CC" -w -O2 $cc_flags -o pan pan.c >>said 2>&1 &&
	    ./pan $pan_flags >said 2>&1 || :
	awk -v run="$run" '
	    / depth reached / { depth = $6 + 0 }
	    / states, stored/ { states = $1 }
	    /elapsed time/ { seconds = $4 }
	    END { printf "# %s: %d states, depth %d, %s s\n", run, states,
	        depth, seconds }' said
}

# All of it was searched, and nothing is wrong.
model_searched() {
	grep -q 'errors: 0$' said && ! grep -q 'search not completed' said &&
	    ! grep -E '(max search depth|out of memory|MEMLIM|error:)' said &&
	    return
	cat said
	return 1
}

# The same, and every line of every process was reached.
model_holds() {
	model_searched || return
	awk '/^unreached in proctype/ { of = $4 }
	    of != "" && /state [0-9]+,/ && !/"-end-"/ && !seen[$0]++ {
		print of, $0; bad = 1 }
	    END { exit bad }' said && return
	cat said
	return 1
}

# What was found to be wrong, in the verifier's words.
model_wrong() {
	sed -n 's/^pan:1: \(.*\) (at depth .*/\1/p' said
}
