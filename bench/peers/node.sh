#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Node.js, whose cluster module bench/dispatch.sh stands beside. Prints its
# version, or says what to install; BENCH_INSTALL=1 installs it.
# shellcheck source=bench/peers/need.sh
. "$(dirname "$0")/need.sh"
need node nodejs
echo "node $(node --version)"
