#!/bin/sh
# nginx serves as a worker, on the socket that NGINX=3; names.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
cadre='@abs_top_builddir@/cadre'

PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v nginx >/dev/null || skip_all "no nginx"
command -v curl >/dev/null || skip_all "no curl"
export CADRE_RUNTIME_DIR="$tmp/run"
mkdir "$tmp/run"
chmod 755 "$tmp"
trap '"$cadre" stop all >/dev/null 2>&1; rm -rf "$tmp"' EXIT

# A wrapper writes what depends on the seat, and then is nginx: by exec. It
# takes an inherited socket for its own if `listen` says the same address.
cat >"$tmp/web" <<'END'
#!/bin/sh
dir=$TMP/seat-$CADRE_SEAT
mkdir -p "$dir"
inode=$(readlink /proc/$$/fd/3 | tr -dc 0-9)
port=$(awk -v i="$inode" '$10 == i { sub(".*:", "", $2); print $2 }' \
    /proc/net/tcp)
cat >"$dir/conf" <<CONF
daemon off;
worker_processes 1;
pid $dir/pid;
error_log $dir/log;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path $dir/1;
	proxy_temp_path $dir/2;
	fastcgi_temp_path $dir/3;
	uwsgi_temp_path $dir/4;
	scgi_temp_path $dir/5;
	server {
		listen 127.0.0.1:$((0x$port));
		return 200 "seat $CADRE_SEAT\n";
	}
}
CONF
exec nginx -p "$dir" -c "$dir/conf" -e "$dir/log"
END
chmod +x "$tmp/web"

ok "it starts and is ready" "$cadre" start -n app -i 2 \
    -l tcp:127.0.0.1:0 --stop-signal QUIT --env "TMP=$tmp" \
    --env 'NGINX=3;' -- "$tmp/web" || {
	cat "$tmp"/seat-*/log >&2
	done_testing
}
port=$("$cadre" stat app --json |
	sed -n 's/.*"address":"tcp:127.0.0.1:\([0-9]*\)".*/\1/p')
: >"$tmp/answers"
n=0
while [ "$(sort -u "$tmp/answers" | wc -l)" -lt 2 ] && [ $n -lt 200 ]; do
	curl -s --max-time 10 "http://127.0.0.1:$port/" >>"$tmp/answers" ||
		echo "failed" >>"$tmp/answers"
	n=$((n + 1))
done
is "$(sort -u "$tmp/answers")" "seat 0
seat 1" "both seats answer"
is "$(cat "$tmp"/seat-*/log | grep -c 'using inherited sockets')" 2 \
    "each on the socket it was handed"
ok "it stops" "$cadre" stop app
is "$(cat "$tmp"/seat-*/log | grep -c emerg)" 0 "nothing went wrong"
none "nothing is left" "$(ls "$tmp/run")"
done_testing
