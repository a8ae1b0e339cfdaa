#!/bin/sh
# A restart ends with the reason also where no death is early and successors die at once.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
cadre='@abs_top_builddir@/cadre'
. "$top_srcdir/t/lib/tap.sh"
CADRE_RUNTIME_DIR=$tmp
export CADRE_RUNTIME_DIR

cat >"$tmp/worker" <<'END2'
#!/bin/sh
[ ! -e "$0.bad" ] || exit 7
exec sleep 1000
END2
chmod +x "$tmp/worker"
ok "it starts" timeout 60 "$cadre" start -n r -i 2 --min-uptime 0 \
    --ready-after 50 -- "$tmp/worker"
: >"$tmp/worker.bad"
timeout 60 "$cadre" restart r >"$tmp/out" 2>"$tmp/err"
is "$?" 1 "the restart ends with 1"
ok "it says why" grep -q 'exit code 7' "$tmp/err" || cat "$tmp/err" >&2
ok "the app is stopped" timeout 60 "$cadre" stop r
done_testing
