#!/bin/sh
# Where WebSocket is refused the page polls, and goes on through a kill and a reload.
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2016 # what is between quotes is JavaScript
top_srcdir='@abs_top_srcdir@'
top_builddir='@abs_top_builddir@'
. "$top_srcdir/t/lib/tap.sh"
. "$top_srcdir/t/lib/browser.sh"
. "$top_srcdir/t/lib/chat.sh"

app -l tcp:127.0.0.1:0,mode=sticky:cookie:chat,factor=0 --no-websocket
ok "a browser starts" browser_start || done_testing
page_open a "$url/?room=lobby&name=ann"
page_open b "$url/?room=lobby&name=bob"
for p in a b; do
	ok "refused: page $p polls" connected $p "long polling"
done
say a "by polling"
ok "one sees what the other says" sees b "by polling"
say b "and back"
ok "and back" sees a "and back"
kill -9 "$(page b 'return document.getElementById("state").dataset.pid')"
say a "after the kill"
say b "mine, too"
ok "killed: it goes on" sees b "after the kill"
ok "and nothing is lost" sees a "mine, too"
ok "a reload" "$cadre" reload app
say a "after the reload"
say b "mine, once more"
ok "it goes on" sees b "after the reload"
ok "and nothing is lost" sees a "mine, once more"
ok "it stops" "$cadre" stop app
none "nothing is left" "$(ls "$tmp/run")"
done_testing
