#!/bin/sh
# A server in Python that knows no cadre answers on sockets handed to it.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
cadre='@abs_top_builddir@/cadre'
sockact=$top_srcdir/examples/sockact.py

command -v curl >/dev/null || skip_all "no curl"
[ -x /usr/bin/python3 ] || skip_all "no /usr/bin/python3"
export CADRE_RUNTIME_DIR="$tmp/run"
mkdir "$tmp/run"
trap '"$cadre" stop all >/dev/null 2>&1; rm -rf "$tmp"' EXIT

ok "it starts and is ready" "$cadre" start -n app -i 2 \
    -l tcp:127.0.0.1:0 -- "$sockact" || done_testing
port=$("$cadre" stat app --json |
	sed -n 's/.*"address":"tcp:127.0.0.1:\([0-9]*\)".*/\1/p')

# ask: until both seats have answered, within 200 requests.
: >"$tmp/answers"
n=0
while [ "$(sort -u "$tmp/answers" | wc -l)" -lt 2 ] && [ $n -lt 200 ]; do
	curl -s --max-time 10 "http://127.0.0.1:$port/" >>"$tmp/answers" ||
		echo "failed" >>"$tmp/answers"
	n=$((n + 1))
done
"$cadre" stat app --json | tr '{' '\n' |
	sed -n 's/^"seat":\([0-9]*\),"pid":\([0-9]*\),.*/seat \1 pid \2/p' |
	sort >"$tmp/seats"
is "$(sort -u "$tmp/answers")" "$(cat "$tmp/seats")" \
    "both seats answer, and are who the region says"
is "$("$cadre" stat app --json | tr ',' '\n' | grep -c '"attached":false')" \
    2 "they are known not to use libcadre"
ok "it is restarted" "$cadre" restart app
is "$(curl -s --max-time 10 "http://127.0.0.1:$port/" | cut -c1-5)" "seat " \
    "it answers then"
ok "it stops" "$cadre" stop app
none "nothing is left" "$(ls "$tmp/run")"

ok "without a master it says what to type" sh -c \
    "! '$sockact' 2>'$tmp/said' && grep -q 'cadre run' '$tmp/said'"
done_testing
