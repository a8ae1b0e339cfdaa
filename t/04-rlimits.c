/* t/04-rlimits: a limit is read as prlimit(1) has it, or refused with a reason */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include <cadre/error.h>

#include "runtime/rlimits.h"
#include "t/lib/tap.h"

static const struct row {
	const char	*text;
	int		err, resource;
	rlim_t		soft, hard;
	const char	*says;
} rows[] = {
	{ "nofile=10:20", 0, RLIMIT_NOFILE, 10, 20, "" },
	{ "nproc=5", 0, RLIMIT_NPROC, 5, 5, "" },
	{ "core=unlimited", 0, RLIMIT_CORE, RLIM_INFINITY, RLIM_INFINITY, "" },
	{ "as=1:unlimited", 0, RLIMIT_AS, 1, RLIM_INFINITY, "" },
	{ "stack=0:0", 0, RLIMIT_STACK, 0, 0, "" },
	{ "memlock=18446744073709551614", 0, RLIMIT_MEMLOCK,
	    RLIM_INFINITY - 1, RLIM_INFINITY - 1, "" },
	{ "nofile=20:10", -EINVAL, 0, 0, 0, "above the hard one" },
	{ "nofile=unlimited:10", -EINVAL, 0, 0, 0, "above the hard one" },
	{ "nofile=18446744073709551616", -EINVAL, 0, 0, 0, "no limit" },
	{ "nofile=-1", -EINVAL, 0, 0, 0, "no limit" },
	{ "nofile=", -EINVAL, 0, 0, 0, "no limit" },
	{ "nofile=1:", -EINVAL, 0, 0, 0, "no limit" },
	{ "nofile=1:2:3", -EINVAL, 0, 0, 0, "no limit" },
	{ "nofile=1k", -EINVAL, 0, 0, 0, "no limit" },
	{ "nofile= 1", -EINVAL, 0, 0, 0, "no limit" },
	{ "nofile=unlimited2", -EINVAL, 0, 0, 0, "no limit" },
	{ "nofile", -EINVAL, 0, 0, 0, "NAME=SOFT" },
	{ "NOFILE=1", -EINVAL, 0, 0, 0, "NAME of as, core" },
	{ "nofiles=1", -EINVAL, 0, 0, 0, "NAME of as, core" },
	{ "no=1", -EINVAL, 0, 0, 0, "NAME of as, core" },
	{ "=1", -EINVAL, 0, 0, 0, "NAME=SOFT" },
	{ "", -EINVAL, 0, 0, 0, "NAME=SOFT" },
	{ NULL, -EINVAL, 0, 0, 0, "NAME=SOFT" },
};

int
main(void)
{
	struct rlimits all = { .given = { false } };
	const struct rlimit *l;

	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++) {
		struct rlimits one = { .given = { false } };

		is_int(rlimits_add(&one, r->text), r->err, "%s", r->text != NULL ?
		    r->text : "NULL");
		l = &one.of[r->resource];
		if (r->err == 0)
			ok(one.given[r->resource] && l->rlim_cur == r->soft &&
			    l->rlim_max == r->hard, "soft and hard");
		else
			ok(strstr(cadre_error(r->err), r->says) != NULL, "%s",
			    cadre_error(r->err));
	}
	is_int(rlimits_check(&all, 20), 0, "none is enough for anybody");
	(void)rlimits_add(&all, "nofile=20:30");
	is_int(rlimits_check(&all, 20), 0, "just enough");
	is_int(rlimits_check(&all, 21), -EINVAL, "one too few");
	return done_testing();
}
