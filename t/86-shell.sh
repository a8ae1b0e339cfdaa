#!/bin/sh
# A shell script is a worker like another: ready by time, ended by its trap.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
cadre='@abs_top_builddir@/cadre'

export CADRE_RUNTIME_DIR="$tmp/run"
mkdir "$tmp/run" "$tmp/log"
trap '"$cadre" stop all >/dev/null 2>&1; rm -rf "$tmp"' EXIT

# What it waits for is a child, in its process group.
cat >"$tmp/job" <<'END'
#!/bin/sh
trap 'echo "seat $CADRE_SEAT ends"; exit 0' TERM
echo "seat $CADRE_SEAT of $CADRE_NAME begins, $# words: $*"
sleep 1000 &
echo $! >"$TMP/child-$CADRE_SEAT"
while :; do
	wait
done
END
chmod +x "$tmp/job"

cd "$tmp" || exit 1
ok "it starts and is ready" "$cadre" start -n app -i 2 --ready-after 100 \
    --log-dir "$tmp/log" -e "TMP=$tmp" -- ./job "a b" --json ||
	done_testing
is "$("$cadre" stat app --json | tr ',' '\n' | grep -c '"state":"up"')" 2 \
    "both are up"
is "$(cat "$tmp/log/seat-1.log")" \
    "seat 1 of app begins, 2 words: a b --json" "it got its words"
ok "it stops" "$cadre" stop app
is "$(cat "$tmp/log/seat-0.log" "$tmp/log/seat-1.log" | grep ends)" \
    "seat 0 ends
seat 1 ends" "each by its own trap"
for seat in 0 1; do
	ok "what seat $seat had in the background is gone" \
	    sh -c "! kill -0 $(cat "$tmp/child-$seat")"
done
ok "one without #! is refused, with the reason" sh -c "
	printf 'echo hello\n' >'$tmp/bare' && chmod +x '$tmp/bare' &&
	! '$cadre' start -n bare -- '$tmp/bare' 2>'$tmp/said' &&
	grep -q 'begins with #!' '$tmp/said'"
none "nothing is left" "$(ls "$tmp/run")"
cd / && done_testing
