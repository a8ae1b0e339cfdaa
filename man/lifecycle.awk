# SPDX-License-Identifier: BSD-2-Clause
# cadre-lifecycle(7) of its three sources, in this order: runtime/steps.def,
# include/cadre/layout.h and cadre-lifecycle.7.in, where a line @STEPS@,
# @STATES@ or @EVENTS@ stands for the rows.

# Of a name in C the one that people read: NOT_RECYCLED is not-recycled.
function plain(name) {
	gsub(/_/, "-", name)
	return tolower(name)
}

# A row of that list, from a #define and the comment behind it.
function define(kind, name, text) {
	sub(/\*\/.*/, "", text)
	gsub(/[`\t ]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	rows[kind] = rows[kind] ".It " plain(name) " Ta " \
	    (text == "" ? "\\&" : text) "\n"
	seen[kind]++
}

FILENAME ~ /steps\.def$/ {
	if ($0 ~ /^STEP\(/) {
		split(substr($0, 6), word, /, */)
	} else if ($0 ~ /^    ".*"\)$/) {
		text = substr($0, 6, length($0) - 7)
		rows["STEPS"] = rows["STEPS"] ".It " plain(word[1]) " Ta " \
		    word[2] " Ta " plain(word[3]) " Ta " text "\n"
		seen["STEPS"]++
	}
	next
}

FILENAME ~ /layout\.h$/ {
	if (more != "") {		# a comment that goes on
		text = text " " $0
	} else if (match($0, /^#define CADRE_(STATE|EVENT)_[A-Z_]+[\t ]+[0-9]+/)) {
		kind = $0 ~ /CADRE_STATE_/ ? "STATES" : "EVENTS"
		name = $2
		sub(/^CADRE_(STATE|EVENT)_/, "", name)
		text = $0
		if (sub(/.*\/\*/, "", text) == 0)
			text = ""
		# Not kinds: the flag of DIED, and sizes.
		if (name == "ASKED" || name == "NEW" || name == "RECORDS" || name == "HEALTHS")
			next
	} else
		next
	more = text != "" && $0 !~ /\*\// ? "yes" : ""
	if (more == "")
		define(kind, name, text)
	next
}

/^@[A-Z]+@$/ {
	kind = substr($0, 2, length($0) - 2)
	if (seen[kind] < 5) {		# a source has changed its form
		print "lifecycle.awk: no rows of " kind >"/dev/stderr"
		exit 1
	}
	printf "%s", rows[kind]
	next
}

{ print }
