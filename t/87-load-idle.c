/* t/87-load-idle: cadre-load keeps silent and half requests beside its load */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/app.h"
#include "t/lib/stub.h"
#include "t/lib/tap.h"

static bool
all_there(void *arg)
{
	const struct stub *s = arg;

	return s->seen->silent >= 90 && s->seen->half >= 40;
}

static bool
asked(void *arg)
{
	const struct stub *s = arg;

	return s->seen->requests > 0;
}

static bool
all_gone(void *arg)
{
	const struct stub *s = arg;

	return s->seen->open == 0;
}

int
main(void)
{
	const char *const words[] = { "--idle", "90", "--half", "40", "-r",
	    "100", "-d", "0.5", NULL };
	const struct stub_plan plan = { .after = STUB_KEEP };
	struct command c;
	struct stub s;
	json_t *j;

	stub_start(&s, &plan);
	load_start(&c, &s, words);
	ok(app_until(all_there, &s), "90 send nothing, 40 half a request");
	ok(app_until(asked, &s), "then the load begins");
	ok(s.seen->open >= 130, "and they are still there");
	command_ends(&c);
	j = command_json(&c);
	is_int(c.code, 0, "exit 0");
	is_int(json_int_at(j, "idle.open"), 90, "90 to the end");
	is_int(json_int_at(j, "half.open"), 40, "40 to the end");
	is_int(json_int_at(j, "ok"), 50, "the others were answered");
	is_int((intmax_t)s.seen->requests, 50, "and only they asked");
	is_int((intmax_t)s.seen->accepted, 180, "each on its own connection");
	ok(app_until(all_gone, &s), "it leaves none");
	json_decref(j);
	stub_stop(&s);
	return done_testing();
}
