/* SPDX-License-Identifier: BSD-2-Clause */
/* See jar.h. */
#include <stdio.h>
#include <string.h>

#include "t/lib/jar.h"
#include "t/lib/tap.h"

/* In the place of one of that name, or in a free one. */
static void
keep(struct jar *j, const char *cookie)
{
	size_t n = strcspn(cookie, "=") + 1;
	int at = j->cookies[0][0] == '\0' ||
	    strncmp(j->cookies[0], cookie, n) == 0 ? 0 : 1;

	(void)sscanf(cookie, "%63[^;\r]", j->cookies[at]);
}

bool
jar_visit(const struct front *f, struct jar *j)
{
	char text[4096] = "", cookies[160];
	const char *body, *found = text;
	bool good;

	snprintf(cookies, sizeof(cookies), "%s; %s",
	    j->cookies[0][0] != '\0' ? j->cookies[0] : "a=b",
	    j->cookies[1][0] != '\0' ? j->cookies[1] : "c=d");
	good = front_fetch(f, cookies, text);
	while ((found = strcasestr(found, "\r\nSet-Cookie: ")) != NULL) {
		found += strlen("\r\nSet-Cookie: ");
		keep(j, found);
	}
	body = strstr(text, "\r\n\r\n");
	return good && body != NULL &&
	    sscanf(body + 4, "count %u seat %u ", &j->count, &j->seat) == 2;
}
