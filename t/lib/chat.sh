# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154,SC2016,SC2034
# examples/chat as the app under test, and its page; with browser.sh.

browser_needed
export CADRE_RUNTIME_DIR="$tmp/run"
mkdir "$tmp/run"
cadre=$top_builddir/cadre
trap 'browser_end; "$cadre" stop all >/dev/null 2>&1; rm -rf "$tmp"' EXIT

# app OPTION …: chat with two workers; its address in $url.
app() {
	"$top_builddir/examples/chat" -n app -i 2 --spread=500 "$@" >"$tmp/app.log" 2>&1 &
	ok "it starts" until_true "$cadre" health app
	url=$("$cadre" stat app --json |
		jq -r '.listeners[0].address | sub("tcp:"; "http://")')
}
# say PAGE TEXT; sees PAGE TEXT: shown, once.
say() {
	page "$1" 'const t = document.getElementById("text");
	    t.value = arguments[0]; t.form.requestSubmit();' "\"$2\"" >"$tmp/out"
}
sees() {
	page_until "$1" '[...document.querySelectorAll("#lines li")]
	    .filter(l => l.lastChild.data === arguments[0]).length === 1' "\"$2\""
}
seat() {
	page "$1" 'return document.getElementById("state").dataset.seat'
}
connected() {			# PAGE HOW
	page_until "$1" 'document.getElementById("state").dataset.state ===
	    "open" && document.getElementById("state").dataset.how ===
	    arguments[0]' "\"$2\""
}
lines() {			# PAGE PREFIX: how many, how many different
	page "$1" 'const l = [...document.querySelectorAll("#lines li")]
	    .map(l => l.lastChild.data).filter(t => t.startsWith(arguments[0]));
	    return `${l.length} ${new Set(l).size}`' "\"$2\""
}
