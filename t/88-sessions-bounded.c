/* SPDX-License-Identifier: BSD-2-Clause */
/* t/88-sessions-bounded: a full store lets the session not seen for longest go */
#include "t/lib/session.h"
#include "t/lib/tap.h"

static const struct {
	const char	*id;
	unsigned int	count;
	const char	*what;
} visits[] = {
	{ SESSION, 1, "a first" },
	{ "11111111111111111111111111111111", 1, "a second" },
	{ SESSION, 2, "the first again" },
	{ "22222222222222222222222222222222", 1, "a third, in its place" },
	{ SESSION, 3, "the first was seen after the second, and stays" },
	{ "11111111111111111111111111111111", 1, "the second is forgotten" },
	{ SESSION, 4, "the first is still there" },
};

int
main(void)
{
	char *stores[] = { "--store=heap", "--store=message" };
	struct app *a;
	int fd;

	for (unsigned int s = 0; s < 2; s++) {
		a = session_start(1, stores[s], "--sessions=2");
		fd = session_connect(a, 0);
		for (size_t i = 0; i < sizeof(visits) / sizeof(visits[0]); i++)
			is_u64(session_visit(fd, visits[i].id).count,
			    visits[i].count, "%s: %s", stores[s],
			    visits[i].what);
		is_int(app_stop(a), 0, "TERM: exit status 0");
	}
	return done_testing();
}
