#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Make ./configure from configure.ac, Makefile.am and the .mk files.
set -eu
cd "$(dirname "$0")"

need() {
	command -v "$1" >/dev/null 2>&1 && return
	echo "autogen.sh: $1 is missing: apt-get install $2" >&2
	exit 1
}

need autoreconf autoconf
need automake automake
need libtoolize libtool
need pkg-config pkg-config

exec autoreconf --install --force
