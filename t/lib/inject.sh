# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154
# System calls of the command that fail, by strace. After tap.sh, in a test that
# has set top_builddir.
command -v strace >/dev/null 2>&1 ||
	skip_all "strace is not installed (Debian's package strace)"
strace -o /dev/null true 2>/dev/null || skip_all "this user may not trace"

# The program itself: libtool's wrapper is a shell, with calls of its own.
built=$top_builddir
if [ -x "$top_builddir/.libs/cadre" ]; then
	built=$top_builddir/.libs
	LD_LIBRARY_PATH=$built${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	export LD_LIBRARY_PATH
fi
CADRE_RUNTIME_DIR=$tmp/run
export CADRE_RUNTIME_DIR
mkdir "$CADRE_RUNTIME_DIR"

cat >"$tmp/program" <<END
#!/bin/sh
echo \$\$ >>"$tmp/born"
exec sleep 1000
END
chmod +x "$tmp/program"

# The N-th CALL of it fails with ERRNO; what it says is in ./err.
run_traced() {			# CALL ERRNO N COMMAND …
	inject=$1:error=$2:when=$3
	shift 3
	exec timeout 60 strace -qq -o "$tmp/trace" -e trace="${inject%%:*}" \
	    -e inject="$inject" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
}

injected() {
	grep -q INJECTED "$tmp/trace"
}
