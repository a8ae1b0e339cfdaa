# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# need COMMAND PACKAGE: there, installed now, or the end with a word of it.
need() {
	command -v "$1" >/dev/null && return
	if [ "${BENCH_INSTALL:-0}" = 1 ] && [ "$(id -u)" = 0 ]; then
		apt-get -qq install -y --no-install-recommends "$2" >&2 &&
		    return
	fi
	echo "$1 is not installed: apt-get install $2"
	exit 77
}
