#!/bin/sh
# Two pages at two workers talk, through a kill and a reload: none is lost.
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2016 # what is between quotes is JavaScript
top_srcdir='@abs_top_srcdir@'
top_builddir='@abs_top_builddir@'
. "$top_srcdir/t/lib/tap.sh"
. "$top_srcdir/t/lib/browser.sh"
. "$top_srcdir/t/lib/chat.sh"

app -l tcp:127.0.0.1:0,mode=sticky:cookie:chat,factor=0
ok "a browser starts" browser_start || done_testing
page_open a "$url/?room=lobby&name=ann"
ok "the first page is connected" connected a WebSocket
n=0
while page_open b "$url/?room=lobby&name=bob" && connected b WebSocket &&
    [ "$(seat b)" = "$(seat a)" ] && [ $((n += 1)) -lt 40 ]; do
	:			# by lot
done
ok "the second, at another worker" [ "$(seat a)" != "$(seat b)" ] || :
ok "each sees both names" page_until a \
    'document.getElementById("names").innerText === "ann\nbob" &&
     document.getElementById("count").innerText === "2"'
say a "from ann"
say b "from bob"
ok "the second sees what the first says" sees b "from ann"
ok "and the first what the second says" sees a "from bob"
page a 'document.querySelector("#rooms button").click();' >"$tmp/out"
ok "into its own room once more: the lines come again" sees a "from bob"

kill -9 "$(page b 'return document.getElementById("state").dataset.pid')"
for i in 1 2 3 4 5; do
	say a "meanwhile $i"
	say b "unsure $i"
done
for i in 1 2 3 4 5; do
	ok "killed: the first's line $i reaches the second" sees b "meanwhile $i"
	ok "and the second's the first" sees a "unsure $i"
done
ok "it had to come back" page_until b \
    'document.getElementById("state").dataset.reconnects > 0'

# What is said all through a reload, ten lines in a second from each.
for p in a b; do
	page $p 'let i = 0; const t = document.getElementById("text");
	    window.talk = setInterval(() => { t.value = arguments[0] + ++i;
	    t.form.requestSubmit(); if (i === 40) clearInterval(talk); }, 100);' \
	    "\"$p through \"" >"$tmp/out"
done
ok "a reload, meanwhile" "$cadre" reload app
for p in a b; do
	ok "page $p sees the other's last" sees $p "$([ $p = a ] &&
	    echo b || echo a) through 40"
	ok "its own, too" sees $p "$p through 40"
	is "$(lines $p "a through")" "40 40" "page $p has all of one, once"
	is "$(lines $p "b through")" "40 40" "page $p has all of the other's"
	ok "it is with a younger worker" page_until $p \
	    'document.getElementById("state").dataset.reconnects > 0'
done
ok "it stops" "$cadre" stop app
none "nothing is left" "$(ls "$tmp/run")"
done_testing
