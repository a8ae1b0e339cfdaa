#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# curl, by which the scripts see that a server is up. Prints its version, or
# says what to install; BENCH_INSTALL=1 installs it.
# shellcheck source=bench/peers/need.sh
. "$(dirname "$0")/need.sh"
need curl curl
curl -V | sed -n '1s/ (.*//p'
