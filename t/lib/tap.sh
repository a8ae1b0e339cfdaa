# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Test Anything Protocol for tests in sh; see t/README.md.

tap_run=0
tap_failed=0

# A directory of the test's own, gone when it ends.
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# ok NAME COMMAND …: good if the command succeeds; if not, show its output.
ok() {
	tap_name=$1
	shift
	tap_run=$((tap_run + 1))
	if "$@" >"$tmp/tap.out" 2>&1; then
		echo "ok $tap_run - $tap_name"
		return 0
	fi
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_run - $tap_name"
	echo "# failed: $tap_name" >&2
	[ -s "$tmp/tap.out" ] || echo "$@" >"$tmp/tap.out"
	sed 's/^/# /' "$tmp/tap.out" >&2
	return 1
}

# is GOT WANT NAME
is() {
	ok "$3" same "$1" "$2" || :
}

same() {
	[ "$1" = "$2" ] || {
		printf 'got:\n%s\nwant:\n%s\n' "$1" "$2"
		return 1
	}
}

# none NAME TEXT: good if there is no text, else the text is shown.
none() {
	ok "$1" same "$2" "" || :
}

skip() {
	tap_run=$((tap_run + 1))
	echo "ok $tap_run # SKIP $*"
}

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

# measures WHAT: as in tap.h, where `sanitizers` is what make put there.
measures() {
	[ -z "${sanitizers-}" ] ||
		skip_all "measures $*, which is another with $sanitizers"
}

done_testing() {
	[ "$tap_run" -gt 0 ] || ok "a test that tests nothing" false
	echo "1..$tap_run"
	[ "$tap_failed" -eq 0 ]
	exit
}
