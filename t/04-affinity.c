/* t/04-affinity: compact fills core after core, spread takes a core of each package in turn; lists are read, or refused */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cadre/privileges.h>

#include "runtime/affinity.h"
#include "t/lib/tap.h"

/* Two packages, two cores each, two siblings each, numbered as Intel does. */
static const struct cpu eight[] = {
	{ 0, 0, 0, 0, 0 }, { 1, 1, 0, 0, 0 }, { 2, 0, 1, 0, 0 },
	{ 3, 1, 1, 0, 0 }, { 4, 0, 0, 0, 0 }, { 5, 1, 0, 0, 0 },
	{ 6, 0, 1, 0, 0 }, { 7, 1, 1, 0, 0 },
};
/* The same without 0, 3 and 7: a mask of one's own. */
static const struct cpu five[] = {
	{ 1, 1, 0, 0, 0 }, { 2, 0, 1, 0, 0 }, { 4, 0, 0, 0, 0 },
	{ 5, 1, 0, 0, 0 }, { 6, 0, 1, 0, 0 },
};

static void
order(const struct cpu *cpus, unsigned int n, bool spread, const char *want)
{
	struct cpu copy[8];
	char text[32] = "";

	memcpy(copy, cpus, n * sizeof(*cpus));
	affinity_order(copy, n, spread);
	for (unsigned int i = 0; i < n; i++)
		snprintf(text + 2 * i, sizeof(text) - 2 * i, "%u ",
		    copy[i].number);
	is_str(text, want, "%s of %u", spread ? "spread" : "compact", n);
}

static const struct row {
	const char	*text;
	int		err;
	unsigned int	n, first, last;
} rows[] = {
	{ "0", 0, 1, 0, 0 }, { "0-3,6", 0, 5, 0, 6 }, { "7,1", 0, 2, 7, 1 },
	{ "2-2", 0, 1, 2, 2 }, { "0,0", 0, 2, 0, 0 },
	{ "8191", 0, 1, 8191, 8191 }, { "compact", 0, 0, 0, 0 },
	{ "spread", 0, 0, 0, 0 }, { "off", 0, 0, 0, 0 },
	{ "8192", -EINVAL, 0, 0, 0 }, { "", -EINVAL, 0, 0, 0 },
	{ "3-1", -EINVAL, 0, 0, 0 }, { "1,", -EINVAL, 0, 0, 0 },
	{ ",1", -EINVAL, 0, 0, 0 }, { "1-", -EINVAL, 0, 0, 0 },
	{ "-1", -EINVAL, 0, 0, 0 }, { "1-2-3", -EINVAL, 0, 0, 0 },
	{ "0x1", -EINVAL, 0, 0, 0 }, { "1 2", -EINVAL, 0, 0, 0 },
	{ "99999999999999999999", -EINVAL, 0, 0, 0 },
	{ "0-8191,0-8191,0", -EINVAL, 0, 0, 0 },
};

int
main(void)
{
	struct affinity a = { .way = AFFINITY_OFF };
	struct cpu c = { .number = 5 };

	order(eight, 8, false, "0 4 2 6 1 5 3 7 ");
	order(eight, 8, true, "0 1 2 3 4 5 6 7 ");
	order(five, 5, false, "4 2 6 1 5 ");
	order(five, 5, true, "4 1 2 5 6 ");
	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++) {
		is_int(affinity_set(&a, r->text), r->err, "'%s'", r->text);
		if (r->err == 0 && r->n > 0)
			ok(a.n == r->n && a.cpus[0] == r->first &&
			    a.cpus[a.n - 1] == r->last, "'%s': %u of them",
			    r->text, r->n);
	}
	is_int(affinity_set(&a, NULL), -EINVAL, "nothing at all");
	affinity_topology("/nonexistent", &c);
	ok(c.package == 0 && c.core == 5, "unknown: a core by itself");
	is_int(affinity_set(&a, "8191"), 0, "a processor that is not there");
	is_int(affinity_settle(&a), -EINVAL, "is refused at the start");
	is_int(affinity_set(&a, "spread"), 0, "spread");
	ok(affinity_settle(&a) == 0 && a.n >= 1 && affinity_take(&a, a.n) == 0,
	    "and here it can be done, on %u", a.n);
	affinity_free(&a);
	return done_testing();
}
