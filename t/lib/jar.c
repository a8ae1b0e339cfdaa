/* SPDX-License-Identifier: BSD-2-Clause */
/* See jar.h. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

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
	char text[4096];
	int fd = app_connect(&f->proxy);
	const char *body, *found = text;
	size_t n = 0;
	ssize_t got = 1;

	if (fd < 0)
		return false;
	snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: x\r\n"
	    "Connection: close\r\nCookie: %s; %s\r\n\r\n",
	    j->cookies[0][0] != '\0' ? j->cookies[0] : "a=b",
	    j->cookies[1][0] != '\0' ? j->cookies[1] : "c=d");
	(void)example_send(fd, text, strlen(text));
	while (got > 0 && n < sizeof(text) - 1) {
		got = recv(fd, text + n, sizeof(text) - 1 - n, 0);
		n += got > 0 ? (size_t)got : 0;
	}
	text[n] = '\0';
	close(fd);
	while ((found = strcasestr(found, "\r\nSet-Cookie: ")) != NULL) {
		found += strlen("\r\nSet-Cookie: ");
		keep(j, found);
	}
	body = strstr(text, "\r\n\r\n");
	return strncmp(text, "HTTP/1.1 200 ", 13) == 0 && body != NULL &&
	    sscanf(body + 4, "count %u seat %u ", &j->count, &j->seat) == 2;
}
