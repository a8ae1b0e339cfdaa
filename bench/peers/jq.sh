#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# jq, by which the scripts read what bench/cadre-load says. Prints its version,
# or says what to install; BENCH_INSTALL=1 installs it.
# shellcheck source=bench/peers/need.sh
. "$(dirname "$0")/need.sh"
need jq jq
jq --version
