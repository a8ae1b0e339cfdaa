#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# examples/hello beside nginx: two workers each, the same bytes per reply, one
# client thread with 64 connections on the same processors. Pairs of runs, one
# right after the other, who is first taking turns.
# shellcheck source=bench/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
conditions "http: hello ÷ nginx, wrk -t1 -c64, $pairs pairs of ${seconds}s"
need curl
need wrk
need nginx

nginx_conf() {
	cat >"$tmp/nginx.conf" <<CONF
worker_processes 2;
daemon off;
pid $tmp/nginx.pid;
error_log $tmp/nginx.log;
events { worker_connections 4096; }
http {
	access_log off;
	server_tokens off;
	keepalive_requests 1000000000;
	client_body_temp_path $tmp/body;
	proxy_temp_path $tmp/proxy;
	fastcgi_temp_path $tmp/fastcgi;
	uwsgi_temp_path $tmp/uwsgi;
	scgi_temp_path $tmp/scgi;
	default_type text/plain;
	server {
		listen 127.0.0.1:$((port + 1)) reuseport;
		location / { return 200 "$1"; }
	}
}
CONF
}

reply_bytes() {
	curl -sfi -m 2 "http://127.0.0.1:$1/" | wc -c
}

run "$hello" -n http -i 2 -l "tcp:127.0.0.1:$port"
hello_pid=$pid
until_true answers "$port" "$pid"
nginx_conf x
run nginx -c "$tmp/nginx.conf"
nginx_pid=$pid
until_true answers $((port + 1)) "$pid"

# Its own header is longer than ours: a shorter body makes up for that.
bytes=$(reply_bytes "$port")
body=$((1 + bytes - $(reply_bytes $((port + 1)))))
[ "$body" -ge 1 ] || body=1
nginx_conf "$(printf "%${body}s" x)"
kill -HUP "$nginx_pid"
same_size() {
	[ "$(reply_bytes $((port + 1)))" -eq "$bytes" ]
}
until_true same_size
old_gone() {
	[ "$(children "$nginx_pid" | wc -w)" -eq 2 ]
}
until_true old_gone
echo "# reply: $bytes bytes, both"

# measure NAME PORT PID ARG …
measure() {
	m_name=$1 m_port=$2 m_pid=$3
	shift 3
	before=$(cpu_ticks "$m_pid")
	load "$m_port" / -c64 "$@"
	ticks=$(($(cpu_ticks "$m_pid") - before))
	echo "$rps" >>"$tmp/$m_name.rps"
	div $((ticks * (1000000 / $(getconf CLK_TCK)))) "$count" 2 \
	    >>"$tmp/$m_name.cpu"
	errors=$((errors + failed))
	eval "${m_name}_rps=\$rps"
}

# compare TITLE ARG …
compare() {
	title=$1
	shift
	errors=0
	rm -f "$tmp"/*.rps "$tmp"/*.cpu "$tmp/ratio" "$tmp/cpu"
	for i in $(seq "$pairs"); do
		if [ $((i % 2)) = 1 ]; then
			measure hello "$port" "$hello_pid" "$@"
			measure nginx $((port + 1)) "$nginx_pid" "$@"
		else
			measure nginx $((port + 1)) "$nginx_pid" "$@"
			measure hello "$port" "$hello_pid" "$@"
		fi
		div "$hello_rps" "$nginx_rps" >>"$tmp/ratio"
	done
	paste "$tmp/hello.cpu" "$tmp/nginx.cpu" |
	    awk '{ print $1 / $2 }' >"$tmp/cpu"
	echo "$title"
	echo "  requests/s    hello $(median "$tmp/hello.rps")" \
	    "nginx $(median "$tmp/nginx.rps")"
	echo "  ratio         $(median "$tmp/ratio") ($(spread "$tmp/ratio"))"
	echo "  CPU/request   hello $(median "$tmp/hello.cpu") us" \
	    "nginx $(median "$tmp/nginx.cpu") us," \
	    "ratio $(median "$tmp/cpu") ($(spread "$tmp/cpu"))"
	echo "  errors        $errors"
}

compare "keep-alive"
compare "Connection: close" -H "Connection: close"
