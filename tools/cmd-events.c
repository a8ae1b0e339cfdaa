/* SPDX-License-Identifier: BSD-2-Clause */
/* cadre events: what the master did and saw, from the ring of its region. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/event.h"
#include "tools/json.h"
#include "tools/verb.h"

#define BATCH		16
#define FOLLOW_MS	100

static const struct option options[] = {
	{ "follow", no_argument, NULL, 'f' },
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

/* Print what is new; 0, or -errno of printing. */
static int
drain(const struct cadre_region *r, struct cadre_cursor *cursor, bool json)
{
	struct cadre_shm_event e[BATCH];
	uint64_t lost = cursor->lost;
	int err = 0, n;

	while (err == 0 && (n = cadre_region_events(r, cursor, e, BATCH)) > 0) {
		if (cursor->lost > lost && !json)
			printf("(%llu events before these are gone: the ring "
			    "keeps %d)\n",
			    (unsigned long long)(cursor->lost - lost),
			    CADRE_EVENT_RECORDS);
		lost = cursor->lost;
		for (int i = 0; i < n && err == 0; i++) {
			if (json)
				err = json_print(event_json(&e[i], lost));
			else
				event_print(&e[i], stdout);
		}
	}
	fflush(stdout);
	return err;
}

static int
show(const struct verb *v, const struct cadre_region *r, bool follow, bool json)
{
	struct cadre_cursor cursor = { 0 };
	struct cadre_app app;
	bool over = false;
	int err;

	for (;;) {
		err = drain(r, &cursor, json);
		if (err < 0)
			return verb_fail(v, err);
		if (!follow || over || ferror(stdout))
			break;
		verb_nap(FOLLOW_MS);
		over = verb_over(r);	/* then read once more, the last ones */
	}
	cadre_region_app(r, &app);
	if (!follow || app.state == CADRE_APP_STOPPED)
		return EXIT_SUCCESS;
	verb_say(v, "master %lld is dead: no more events will come",
	    (long long)app.master_pid);
	return EXIT_SILENT;
}

int
cmd_events(const struct verb *v, int argc, char **argv)
{
	struct cadre_region *r;
	bool follow = false, json = false;
	const char *name;
	int c, code;

	while ((c = getopt_long(argc, argv, ":fj", options, NULL)) != -1) {
		if (c == 'f')
			follow = true;
		else if (c == 'j')
			json = true;
		else
			return verb_flag(v, c, argv);
	}
	if ((code = verb_name(v, argc, argv, &name)) != 0 ||
	    (code = verb_attach(v, name, &r)) != 0)
		return code;
	code = show(v, r, follow, json);
	cadre_region_close(r);
	return code;
}
