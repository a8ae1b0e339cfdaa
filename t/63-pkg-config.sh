#!/bin/sh
# pkg-config is all that C and C++ programs outside the tree need, either way.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
: "${CC:=cc}" "${CXX:=c++}" "${PKG_CONFIG:=pkg-config}"
sanitizers='@sanitizers@'

command -v "$PKG_CONFIG" >/dev/null || skip_all "no $PKG_CONFIG"
[ -z "$sanitizers" ] ||
	skip_all "no plain program can use a library built with $sanitizers"

# Another make runs this test: neither its jobs nor its variables are ours.
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR
root=$tmp/root
ok "make install DESTDIR=" \
    make -C '@abs_top_builddir@' install DESTDIR="$root" || done_testing
pc=$(find "$root" -name cadre.pc)
export PKG_CONFIG_PATH="${pc%/*}" PKG_CONFIG_SYSROOT_DIR="$root"
LD_LIBRARY_PATH=$root$(PKG_CONFIG_SYSROOT_DIR='' "$PKG_CONFIG" \
    --variable=libdir cadre)
export LD_LIBRARY_PATH
export CADRE_RUNTIME_DIR="$tmp/run"
mkdir "$tmp/run"
man3=$(find "$root" -name man3)
none "each function has a page" "$(sed -n 's/^	\(cadre_[a-z_]*\);.*/\1/p' \
    "$top_srcdir/runtime/libcadre.map" "$top_srcdir/shm/libcadre-shm.map" |
	while read -r name; do
		test -s "$man3/$name.3" || echo "$name"
	done)"
none "no config.h is installed" "$(find "$root" -name config.h)"

cat >"$tmp/cadre-shm.c" <<'END'
#include <cadre/region.h>
#include <errno.h>
int
main(void)
{
	struct cadre_region *r;

	return cadre_region_open("nosuch", &r) != -ENOENT;
}
END
cat >"$tmp/cadre.c" <<'END'
#include <cadre/cadre.h>
static int
serve(struct cadre_worker *w, void *arg)
{
	return arg != 0 || cadre_worker_ready(w) < 0;
}
int
main(void)
{
	struct cadre_master *m;
	int bad = cadre_master_new("outside", &m);

	if (bad == 0) {
		bad = cadre_master_workers(m, 1, serve, 0);
		cadre_master_free(m);
	}
	return bad != 0 || cadre_version()[0] == '\0';
}
END

outside() {			# $1: package, $2: c or c++, $3: shared or static
	compiler="$CC -x c"
	[ "$2" = c ] || compiler="$CXX -x c++"
	static=
	[ "$3" = shared ] || static=--static
	# The flags are lists of words.
	# shellcheck disable=SC2046,SC2086
	$compiler -Wall -Wextra -Werror -o "$tmp/out" "$tmp/$1.c" -x none \
	    $("$PKG_CONFIG" $static --cflags --libs "$1") ${static:+-static} &&
		"$tmp/out"
}

for linked in shared static; do
	suffix=so
	[ $linked = shared ] || suffix=a
	if [ -z "$(find "$root" -name "libcadre.$suffix")" ]; then
		skip "no $linked libraries were built"
		continue
	fi
	for package in cadre cadre-shm; do
		for language in c c++; do
			ok "$package, $linked, $language" \
			    outside $package $language $linked || :
		done
	done
done
done_testing
