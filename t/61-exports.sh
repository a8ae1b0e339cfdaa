#!/bin/sh
# The libraries export what the headers declare and the maps list, no more.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
libs='@abs_top_builddir@/.libs'
. "$top_srcdir/t/lib/tap.sh"
: "${CC:=cc}" "${CXX:=c++}"

exports() {			# of library $1, without version names
	nm -D --defined-only "$libs/$1.so" |
		awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort -u
}

listed() {			# names in version script $1
	sed 's/#.*//; s|/\*.*\*/||; s/[;{]/ /g' "$top_srcdir/$1" |
		xargs -n 1 | grep '^cadre_.*[^*]$' | sort -u
}

declared() {			# functions of the public headers
	echo '#include <cadre/cadre.h>' |
		"$CC" -E -P -I"$top_srcdir/include" -x c - | grep -v typedef |
		grep -oE '\<cadre_[a-z0-9_]+\(' | tr -d '(' | sort -u
}

clean() {			# header $2 alone, in language $1
	case $1 in
	c)	set -- "$2" "$CC" -std=c11 -x c -Wstrict-prototypes ;;
	*)	set -- "$2" "$CXX" -std=c++11 -x c++ ;;
	esac
	header=$1
	shift
	echo "#include <cadre/$header>" | "$@" -fsyntax-only -pedantic -Wall \
	    -Wextra -Werror -I"$top_srcdir/include" -
}

declared >"$tmp/declared"
ok "the headers declare functions" [ "$(wc -l <"$tmp/declared")" -gt 20 ] || :

if [ -f "$libs/libcadre.so" ] && command -v nm >/dev/null; then
	for lib in libcadre libcadre-shm; do
		exports $lib >"$tmp/$lib"
		none "$lib exports cadre_ names only" \
		    "$(grep -v '^cadre_' "$tmp/$lib")"
		none "$lib: what is not in a header is called cadre__" \
		    "$(comm -23 "$tmp/$lib" "$tmp/declared" | grep -v '^cadre__')"
	done
	none "libcadre exports no cadre__ name" "$(grep '^cadre__' "$tmp/libcadre")"
	none "the libraries share no name" \
	    "$(comm -12 "$tmp/libcadre" "$tmp/libcadre-shm")"
	sort "$tmp/libcadre" "$tmp/libcadre-shm" >"$tmp/all"
	none "all that is declared is exported" \
	    "$(comm -13 "$tmp/all" "$tmp/declared")"
	for map in runtime/libcadre.map shm/libcadre-shm.map; do
		lib=${map#*/}
		lib=${lib%.map}
		listed $map >"$tmp/map"
		ok "$map lists names" [ -s "$tmp/map" ] || :
		none "all of them are in $lib" \
		    "$(comm -23 "$tmp/map" "$tmp/$lib")"
	done
else
	skip "no shared libraries were built, or no nm"
fi

for header in "$top_srcdir"/include/cadre/*.h; do
	header=${header##*/}
	ok "$header alone is clean C11" clean c "$header" || :
	if command -v "$CXX" >/dev/null; then
		ok "$header alone is clean C++11" clean c++ "$header" || :
	else
		skip "no $CXX"
	fi
done
done_testing
