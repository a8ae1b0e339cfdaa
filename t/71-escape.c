/* SPDX-License-Identifier: BSD-2-Clause */
/* t/71-escape: no byte of shared memory reaches a terminal as a control */
#include <string.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"
#include "tools/text.h"

static const char evil[] = "\033[2J\a\x9b" "31m\r\n\x7f tab\t.";

static void
config(struct cadre_master *m, void *arg)
{
	struct cadre_counter *counter;

	(void)arg;
	if (cadre_master_counter(m, "evil", "\033c", evil, &counter) < 0)
		bail_out("the counter is refused: name it in another way");
}

static bool
clean(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text != '\n' && (*text < ' ' || *text > '~'))
			return false;
	}
	return true;
}

int
main(void)
{
	struct app *a = app_start_with(1, app_idle, config, NULL);
	struct command c;
	char to[64];
	json_t *j;

	is_int((int)text_escape("a\033b", 3, to, sizeof(to)), 6, "the length");
	is_str(to, "a\\x1bb", "an escape is shown as what it is");
	text_escape("ab\xff", 3, to, sizeof(to));
	is_str(to, "ab\\xff", "a byte above ASCII too");
	text_escape("a\\x1b\n", 6, to, sizeof(to));
	is_str(to, "a\\\\x1b\\n", "nor can an escape be feigned");
	text_escape("ab\0cd", 5, to, sizeof(to));
	is_str(to, "ab", "a NUL ends it");
	text_escape("abcd", 2, to, sizeof(to));
	is_str(to, "ab", "so does the count");
	text_escape("ab\033", 3, to, 6);
	is_str(to, "ab", "what does not fit whole is not begun");
	text_escape("abc", 3, to, 1);
	is_str(to, "", "room for the NUL only");

	app_wait_state(a, 0, CADRE_STATE_UP);
	is_int(COMMAND(&c, "stat", "-1", "app"), 0, "stat -1");
	ok(strstr(c.out, "\\x1b[2J") != NULL, "its help is shown, escaped");
	ok(clean(c.out), "nothing but printable ASCII and line ends");
	is_int(COMMAND(&c, "stat", "-j", "app"), 0, "stat -j");
	ok(clean(c.out), "the same");
	j = command_json(&c);
	is_int(json_int_at(j, "totals.evil"), 0, "and the metric is in it");
	json_decref(j);
	app_stop(a);
	return done_testing();
}
