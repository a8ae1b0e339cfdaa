#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# PM2, whose reload bench/reload.sh stands beside. Prints its version, or says
# what to install; BENCH_INSTALL=1 installs it below the build directory.
# shellcheck source=bench/peers/need.sh
. "$(dirname "$0")/need.sh"
need node nodejs
need npm npm
dir=${top_builddir:-.}/bench/pm2
pm2=$dir/node_modules/.bin/pm2
if [ ! -x "$pm2" ] && [ "${BENCH_INSTALL:-0}" = 1 ]; then
	npm install --silent --no-audit --no-fund --prefix "$dir" pm2@7 >&2 || :
fi
[ -x "$pm2" ] || {
	echo "pm2 is not installed: npm install --prefix $dir pm2@7," \
	    "or BENCH_INSTALL=1"
	exit 77
}
echo "pm2 $(sed -n 's/^  "version": "\(.*\)",$/\1/p' \
    "$dir/node_modules/pm2/package.json"), node $(node --version)"
