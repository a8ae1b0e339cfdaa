#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# nginx, the server that bench/http.sh stands beside. Prints its version, or
# says what to install; BENCH_INSTALL=1 installs it.
PATH=$PATH:/usr/sbin:/sbin
# shellcheck source=bench/peers/need.sh
. "$(dirname "$0")/need.sh"
need nginx nginx-light
nginx -v 2>&1 | sed 's/^nginx version: //'
