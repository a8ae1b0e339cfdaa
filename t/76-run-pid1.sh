#!/bin/sh
# As process 1 of a container `cadre run` reaps what is nobody else's, and ends all of it.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
cadre='@abs_top_builddir@/cadre'
. "$top_srcdir/t/lib/tap.sh"
unshare --pid --fork --mount-proc true 2>/dev/null ||
	skip_all "no process may have a pid namespace of its own here"
CADRE_RUNTIME_DIR=$tmp
export CADRE_RUNTIME_DIR

# A worker whose grandchild is orphaned and ends: is there a zombie left? And
# one more that has left its group, and would outlive all.
cat >"$tmp/worker" <<'END2'
#!/bin/sh
sh -c '(exec setsid sh -c "exit 0") & exit 0'
sh -c 'setsid sleep 1000 & exit 0'
n=0
while [ $n -lt 100 ]; do
	zombies=$(grep -lE '^[0-9]+ \([^)]*\) Z 1 ' /proc/[0-9]*/stat 2>/dev/null)
	[ -n "$zombies" ] || break
	n=$((n + 1))
	sleep 0.1
done
echo "zombies: ${zombies:-none}"
kill -TERM 1
exec sleep 1000
END2
chmod +x "$tmp/worker"
timeout 60 unshare --pid --fork --kill-child --mount-proc \
    "$cadre" run -n one -i 1 -- "$tmp/worker" >"$tmp/out" 2>"$tmp/err"
is "$?" 0 "TERM ends it with 0"
is "$(cat "$tmp/out")" "zombies: none" "orphans that ended are reaped"
ok "it ends in time, with one that had left its worker" \
    grep -q ' stopped$' "$tmp/err" || cat "$tmp/err" >&2
none "its directory is gone" "$(find "$tmp" -name one)"
done_testing
