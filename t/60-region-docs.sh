#!/bin/sh
# Each field of layout.h stands in region.md and cadre-region(7), where its structure is described.
# SPDX-License-Identifier: BSD-2-Clause
top_srcdir='@abs_top_srcdir@'
. "$top_srcdir/t/lib/tap.sh"
layout=$top_srcdir/include/cadre/layout.h
man=$top_srcdir/man/cadre-region.7

fields() {			# "field offset" of structure $1, 0 for its first
	awk -v s="$1" '
	$0 == "struct " s " {"	{ inside = 1; next }
	/^};/			{ inside = 0 }
	inside && !first && match($0, /[a-z0-9_]+(\[[^]]*\])?;/) {
		first = substr($0, RSTART, RLENGTH)
		sub(/[[;].*/, "", first)
		print first, 0
	}
	index($0, "CADRE_LAYOUT_AT(" s ",") == 1 {
		gsub(/[(),;]/, " ")
		print $3, $4
	}' "$layout" | grep -v '^reserved'
}

section() {			# of file $1, from the heading $2 to the next
	awk -v h="$2" '/^(##|\.Ss) /	{ on = index($0, h) > 0; next }
	    on' "$1"
}

lacking() {			# fields of $1 that its sections $2 and $3 lack
	section "$top_srcdir/doc/region.md" "$2" >"$tmp/md"
	section "$man" "$3" >"$tmp/man"
	fields "$1" >"$tmp/fields"
	[ -s "$tmp/fields" ] || echo "no field of $1"
	while read -r field at; do
		grep -q "^| $at | [^|]*\(| *\)*\<$field\>" "$tmp/md" ||
		    echo "region.md: $at $field"
		grep -qw -- "$field" "$tmp/man" || echo "cadre-region.7: $field"
	done <"$tmp/fields"
}

described() {			# structure, heading of region.md, of the page
	none "$1 is described" "$(lacking "cadre_shm_$1" "$2" "$3")"
}

described header "Anchor: header" "Header of the anchor"
described section "Anchor: section directory" "Section directory"
described metric "Anchor: schema" "Schema"
described row "Anchor: row of the slot table" "Slot table"
described life "Anchor: row of the slot table" "Slot table"
described event "Anchor: event" "Rings"
described listener "Anchor: listener" "Listeners"
described slot "Slot: head" "Head of a slot"
described status "Slot: head" "Head of a slot"
described health "Slot: health" "Rings"
described topics "Slot: topics" "Topics"
described wanted "Slot: topics" "Topics"
described news "Slot: topics" "Topics"
described assigned "Acceptor: assigned" "The acceptor's object"
described intake "Acceptor: intake" "The acceptor's object"
is_all=$(grep -c '^struct cadre_shm_.* {$' "$layout")
none "no structure was left out" "$([ "$is_all" -eq 15 ] ||
    echo "$is_all in layout.h")"
done_testing
