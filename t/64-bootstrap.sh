#!/bin/sh
# bootstrap refuses bad usage, and installs what is missing only when it may.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"

# In a directory of its own, with a dpkg-query that knows what $tmp/known
# lists, and nothing that could really install.
mkdir "$tmp/bin" "$tmp/tree"
cp "$top_srcdir/bootstrap" "$tmp/tree"
chmod +x "$tmp/tree/bootstrap"
fake() {
	{ echo '#!/bin/sh'; cat; } >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
}
fake dpkg-query <<END
sed 's/\$/ installed/' $tmp/known
exit 1
END
fake id <<'END'
echo 1000
END
fake sudo <<END
echo sudo "\$@" >>$tmp/calls
exec "\$@"
END
fake apt-get <<END
echo apt-get "\$@" >>$tmp/calls
[ "\$1" = update ] && touch $tmp/updated
[ -f $tmp/updated ]
END

run() {				# its output in $tmp/said; prints its status
	rm -f "$tmp/calls" "$tmp/updated"
	PATH="$tmp/bin:$PATH" "$tmp/tree/bootstrap" "$@" >"$tmp/said" 2>&1
	echo $?
}
said() {
	grep -q -- "$@" "$tmp/said" || { cat "$tmp/said"; return 1; }
}

: >"$tmp/known"
is "$(run)" 2 "no command"
is "$(run nonsense)" 2 "an unknown command"
is "$(run --nonsense check)" 2 "an unknown option"
is "$(run check too-much)" 2 "check with an argument"
is "$(run help)" 0 "help"
ok "help names both commands" said 'check$' || :

is "$(run --no-install check)" 1 "--no-install with packages missing"
ok "it names them in a line to type" \
    said 'apt-get install build-essential .*libck-dev .*mandoc' || :
ok "and calls nothing" [ ! -e "$tmp/calls" ] || :
is "$(run check --no-install)" 1 "--no-install may stand behind, too"
ok "and calls nothing" [ ! -e "$tmp/calls" ] || :

awk '/^END/ { exit } list { print $1 } /<<.END/ { list = 1 }' \
    "$top_srcdir/bootstrap" | grep -vx -e curl -e mandoc >"$tmp/known"
is "$(run --no-install demo)" 1 "the demo without curl"
ok "only curl is named" said 'apt-get install curl$' || :
is "$(run --no-install check)" 1 "check without curl and mandoc"
ok "both are named" said 'apt-get install curl mandoc$' || :

# Allowed to install, it gets as far as autogen.sh, which is not there.
is "$(run check)" 1 "an install, and no tree"
ok "it said what it was to do" said 'sudo .*apt-get install -y.* curl mandoc' || :
ok "what fails is named" said 'failed: autogen.sh' || :
is "$(grep '^apt-get' "$tmp/calls" | awk '{ print $2 }' | xargs)" \
    "install update install" "lists were fetched once, after a failure"
done_testing
