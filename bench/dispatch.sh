#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# How connections reach workers: each part measures a promise of doc/dispatch.md
# and says whether its limit was met.
#
#	dispatch.sh [rates|balance|stall|heavy|seats|idle]…	all without one
set -eu
here=$(dirname "$0")
for part in "$@"; do
	case $part in
	rates | balance | stall | heavy | seats | idle) ;;
	*)
		sed -n 's/^#	/usage: /p' "$0" >&2
		exit 2
		;;
	esac
done
[ $# -gt 0 ] || set -- rates balance stall heavy seats idle
for part in "$@"; do
	sh "$here/dispatch-$part.sh"
	[ "$part" = "$(eval "echo \$$#")" ] || echo
done
