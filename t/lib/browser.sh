# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154,SC2015
# Pages in a headless Chromium, by W3C WebDriver: chromedriver, curl and jq. Each
# page has a window and a name. Waits are in the page, and end after 20 s.

browser_needed() {
	for program in chromium chromedriver curl jq; do
		command -v $program >/dev/null || skip_all "no $program"
	done
}

# until_true COMMAND …: up to 20 s.
until_true() {
	tries=0
	until "$@" >"$tmp/until.out" 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 400 ] || return 1
		sleep 0.05
	done
}

# wd METHOD PATH [JSON]: the value of the answer; an error is shown, and fails.
wd() {
	curl -s --max-time 60 -X "$1" -H 'Content-Type: application/json' \
	    ${3+--data-binary} ${3+"$3"} "$browser_url$2" >"$tmp/wd.out" &&
		jq -e '.value | if type == "object" and has("error")
		    then error(.message) else true end' "$tmp/wd.out" \
		    >"$tmp/wd.error" 2>&1 || {
			cat "$tmp/wd.out" "$tmp/wd.error" >&2
			return 1
		}
	jq -r .value "$tmp/wd.out"
}

browser_start() {
	chromedriver --port=0 >"$tmp/driver.log" 2>&1 &
	browser_pid=$!
	until_true grep -q 'successfully on port' "$tmp/driver.log" || return 1
	browser_url=http://127.0.0.1:$(
		sed -n 's/.*successfully on port \([0-9]*\).*/\1/p' "$tmp/driver.log")
	# Neither a sandbox of its own, which root may not have, nor a large
	# /dev/shm, which a container may not.
	session=$(wd POST /session '{"capabilities":{"alwaysMatch":{
	    "timeouts":{"script":30000},
	    "goog:chromeOptions":{"args":["--headless=new","--no-sandbox",
	    "--disable-dev-shm-usage","--disable-gpu","--no-first-run",
	    "--disable-background-timer-throttling",
	    "--disable-renderer-backgrounding",
	    "--user-data-dir='"$tmp"'/profile"]}}}}' | jq -r .sessionId) &&
		[ -n "$session" ] || return 1
	browser_url=$browser_url/session/$session
}

browser_end() {
	[ -n "${browser_pid-}" ] || return 0
	[ -z "${session-}" ] || curl -s --max-time 20 -X DELETE "$browser_url" \
	    >/dev/null
	kill "$browser_pid" 2>/dev/null
	wait "$browser_pid" 2>/dev/null
	browser_pid=
}

# page_open NAME URL: in its window, which is made.
page_open() {
	eval "window=\${window_$1-}"
	if [ -z "$window" ]; then
		window=$(wd POST /window/new '{"type":"window"}' |
			jq -r .handle) || return 1
		eval "window_$1=\$window"
	fi
	wd POST /window "{\"handle\":\"$window\"}" >"$tmp/out" &&
		wd POST /url "{\"url\":\"$2\"}" >"$tmp/out"
}

# page NAME SCRIPT [ARGUMENT in JSON]: what the script returns.
page() {
	eval "window=\${window_$1}"
	wd POST /window "{\"handle\":\"$window\"}" >"$tmp/out" &&
		wd POST /execute/sync "$(jq -nc --arg s "$2" \
		    "{script: \$s, args: [${3-}]}")"
}

# page_until NAME EXPRESSION [ARGUMENT]: until it is true, up to 20 s.
page_until() {
	eval "window=\${window_$1}"
	wd POST /window "{\"handle\":\"$window\"}" >"$tmp/out" &&
		[ "$(wd POST /execute/async "$(jq -nc --arg s "
		    const done = arguments[arguments.length - 1];
		    const end = Date.now() + 20000;
		    const is = (function () { return $2; }).bind(null,
			...arguments);
		    (function look() {
			if (is()) done(true);
			else if (Date.now() > end)
				done(document.body.innerText);
			else setTimeout(look, 30);
		    })();" \
		    "{script: \$s, args: [${3-}]}")" | tee "$tmp/page.out")" = \
		    true ] || {
			cat "$tmp/page.out"
			return 1
		}
}
