#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Other servers of several processes, each with a reply of one line that says
# who answered, "pid P".
#
#	peer.sh serve PEER PORT WORKERS DIR	become it: its pid is ours
#	peer.sh ready PEER PORT WORKERS DIR PID	is it there, all of it?
#	peer.sh start PEER PORT WORKERS DIR	in the background: prints its
#						pid when it is ready
#	peer.sh workers PID			the pids of its workers
#	peer.sh stop PID			TERM, and wait until it is gone
#	peer.sh reload pm2 PORT WORKERS DIR	its workers, one after another
#
# PEER	node-rr		Node's cluster: the primary hands over in turn
#	node-none	the same, SCHED_NONE: workers accept from one socket
#	nginx		workers accept from one socket, EPOLLEXCLUSIVE
#	nginx-reuseport	a socket each; the kernel draws by its hash
#	pm2		PM2's cluster mode, its home in DIR
#
# PORT is of 127.0.0.1; DIR, which exists, is for what it writes. 0: done;
# 1: not; 2: misuse; 77: it is not installed, and the reason is printed.
# shellcheck disable=SC1007
set -eu
PATH=$PATH:/usr/sbin:/sbin
here=$(CDPATH= cd "$(dirname "$0")" && pwd)
TRIES=200

usage() {
	sed -n 's/^#	/	/p' "$0" >&2
	exit 2
}

program() {
	case $1 in
	node-rr | node-none) echo node ;;
	nginx | nginx-reuseport) echo nginx ;;
	pm2) echo pm2 ;;
	*) usage ;;
	esac
}

# Prints why, and leaves with 77.
installed() {
	"$here/$(program "$1").sh" >"$2/installed" || {
		cat "$2/installed"
		exit 77
	}
}

# nginx_conf PORT WORKERS DIR [LISTEN OPTION]
nginx_conf() {
	cat <<CONF
worker_processes $2;
worker_rlimit_nofile 8192;
daemon off;
pid $3/nginx.pid;
error_log $3/nginx.log;
events { worker_connections 4096; }
http {
	access_log off;
	server_tokens off;
	keepalive_requests 1000000000;
	client_body_temp_path $3/body;
	proxy_temp_path $3/proxy;
	fastcgi_temp_path $3/fastcgi;
	uwsgi_temp_path $3/uwsgi;
	scgi_temp_path $3/scgi;
	default_type text/plain;
	server {
		listen 127.0.0.1:$1 ${4-};
		location / { return 200 "pid \$pid\n"; }
	}
}
CONF
}

# pm2_home DIR
pm2_home() {
	pm2=${top_builddir:-.}/bench/pm2/node_modules/.bin/pm2
	PM2_HOME=$1/home
	export PM2_HOME
}

reload() {
	[ "$1" = pm2 ] || usage
	pm2_home "$4"
	"$pm2" reload web
}

serve() {
	installed "$1" "$4"
	case $1 in
	node-*)
		rm -f "$4/ready"
		exec node "$here/cluster.js" "${1#node-}" "$2" "$3" "$4/ready"
		;;
	pm2)
		pm2_home "$4"
		PORT=$2 exec "$pm2" start "$here/pm2.js" --name web -i "$3" \
		    --wait-ready --no-daemon
		;;
	nginx) nginx_conf "$2" "$3" "$4" >"$4/nginx.conf" ;;
	*) nginx_conf "$2" "$3" "$4" reuseport >"$4/nginx.conf" ;;
	esac
	exec nginx -e "$4/nginx.log" -c "$4/nginx.conf"
}

workers() {
	cat "/proc/$1/task/$1/children" 2>/dev/null
}

# nginx's sockets are there before its workers are, Node's need a word of it.
ready() {
	[ "$(workers "$5" | wc -w)" -eq "$3" ] || return 1
	case $1 in
	node-*) [ -e "$4/ready" ] || return 1 ;;
	esac
	[ -n "$(curl -sf -m 2 "http://127.0.0.1:$2/")" ]
}

start() {
	installed "$1" "$4"
	sh "$here/peer.sh" serve "$@" >"$4/log" 2>&1 &
	pid=$!
	for _ in $(seq $TRIES); do
		if ready "$@" "$pid"; then
			echo "$pid"
			return
		fi
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	kill "$pid" 2>/dev/null || :
	echo "$1 did not get ready:" >&2
	cat "$4/log" >&2
	return 1
}

# It may be a child of another shell: wait(1) would not do.
stop() {
	kill "$1" 2>/dev/null || return 0
	for _ in $(seq $TRIES); do
		[ -e "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" \
		    2>/dev/null || return 0
		sleep 0.05
	done
	return 1
}

[ $# -ge 2 ] || usage
verb=$1
shift
case $verb/$# in
serve/4 | start/4 | ready/5 | reload/4) program "$1" >/dev/null && "$verb" "$@" ;;
workers/1 | stop/1) "$verb" "$@" ;;
*) usage ;;
esac
