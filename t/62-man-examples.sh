#!/bin/sh
# Whole programs in the manual compile, and print what their page says.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
libs='@abs_top_builddir@/.libs'
. "$top_srcdir/t/lib/tap.sh"
: "${CC:=cc}"
sanitizers='@sanitizers@'

[ -z "$sanitizers" ] ||
	skip_all "no plain program can use a library built with $sanitizers"
[ -f "$libs/libcadre.so" ] || skip_all "no shared libraries were built"
export LD_LIBRARY_PATH="$libs" CADRE_RUNTIME_DIR="$tmp/run"
mkdir "$tmp/run" "$tmp/files"
echo 1 >"$tmp/files/one"
printf '1\n2\n3\n' >"$tmp/files/three"

# blocks PAGE: its literal blocks, by number: .c if it is a program, else .txt.
blocks() {
	awk -v to="$tmp/${1##*/}" '
	/^\.Bd -literal/ { text = ""; on = 1; next }
	/^\.Ed/ && on {
		file = to "-" ++n (text ~ /\nmain\(/ ? ".c" : ".txt")
		printf "%s", text >file
		close(file)
		on = 0
	}
	on {
		gsub(/\\&/, "")
		gsub(/\\-/, "-")
		gsub(/\\e/, "\\\\")
		text = text $0 "\n"
	}' "$1"
}

compiles() {			# FILE.c: to FILE
	"$CC" -Wall -Wextra -Werror -I"$top_srcdir/include" -o "${1%.c}" "$1" \
	    -L"$libs" -lcadre -lcadre-shm
}

# prints PROGRAM OUTPUT ARGUMENT …: its lines, in whatever order.
prints() {
	program=$1 output=$2
	shift 2
	(cd "$tmp/files" && timeout 60 "$program" "$@") >"$tmp/printed" ||
		return 1
	same "$(sort "$tmp/printed")" "$(sort "$output")"
}

for page in "$top_srcdir"/man/*.[1-9]; do
	blocks "$page"
done
for source in "$tmp"/*.c; do
	name=${source##*/}
	ok "$name compiles without a warning" compiles "$source" || :
done

# Those that end by themselves: the next block is what they print.
ends() {			# PAGE ARGUMENT …
	page=$1
	shift
	program=$(find "$tmp" -name "$page-*.c")
	program=${program%.c}
	n=${program##*-}
	ok "$page: it prints what the page says" prints "$program" \
	    "$tmp/$page-$((n + 1)).txt" "$@" || :
}

ends cadre_mailbox.3
ends cadre_topic.3
ends cadre-messages.7 one three
done_testing
