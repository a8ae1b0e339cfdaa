/* t/87-load-sources: many addresses, and as many descriptors as there are */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <sys/resource.h>

#include "t/lib/stub.h"
#include "t/lib/tap.h"

int
main(void)
{
	const struct stub_plan plan = { .after = STUB_KEEP };
	struct rlimit limit = { .rlim_cur = 64, .rlim_max = 64 };
	struct command c;
	struct stub s;
	json_t *j;

	stub_start(&s, &plan);
	j = LOAD(&c, &s, "-r", "200", "-d", "0.2", "--sources", "25",
	    "--poisson");
	is_int(json_int_at(j, "ok"), 40, "40 answered");
	is_int((intmax_t)s.seen->sources, 25, "they came from 25 addresses");
	json_decref(j);

	setrlimit(RLIMIT_NOFILE, &limit);
	load_start(&c, &s, (const char *const[]){ "--hold", "49", NULL });
	command_ends(&c);
	is_int(c.code, 1, "more than descriptors allow: exit 1");
	ok(strstr(c.err, "ulimit -n 65") != NULL, "it says what to type");
	j = LOAD(&c, &s, "--hold", "48");
	is_int(json_int_at(j, "hold.open"), 48, "as many as they allow: all");
	json_decref(j);
	stub_stop(&s);
	return done_testing();
}
