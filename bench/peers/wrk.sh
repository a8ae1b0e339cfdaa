#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# wrk, the client of bench/http.sh and bench/cores.sh. Prints its version, or
# says what to install; BENCH_INSTALL=1 installs it.
# shellcheck source=bench/peers/need.sh
. "$(dirname "$0")/need.sh"
need wrk wrk
wrk -v 2>&1 | sed -n '1s/ Copyright.*//p'
