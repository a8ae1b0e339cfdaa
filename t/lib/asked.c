/* SPDX-License-Identifier: BSD-2-Clause */
/* Who answers; see asked.h. */
#include "t/lib/asked.h"

unsigned int
asked(const struct app *a, unsigned int n, unsigned int *ret_first)
{
	unsigned int answered = 0, first = 0;
	char answer[64];

	for (unsigned int i = 0; i < n; i++)
		if (app_ask(a, "hello\n", answer, sizeof(answer)) > 0) {
			answered++;
			first += answer[5] == '0';
		}
	*ret_first = first;
	return answered;
}

struct some {
	struct app	*app;
	unsigned int	n, answered, first;
};

static bool
is_known(void *arg)
{
	struct some *s = arg;

	s->answered = asked(s->app, s->n, &s->first);
	return s->answered != s->n || s->first > 0;
}

bool
asked_first(struct app *a, unsigned int n, unsigned int *ret_first)
{
	struct some s = { .app = a, .n = n };
	bool known = app_until(is_known, &s);

	*ret_first = s.first;
	return known && s.answered == n;
}
