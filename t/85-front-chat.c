/* t/85-front-chat: WebSockets of the chat example pass nginx and HAProxy */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/front.h"
#include "t/lib/tap.h"

static char text[CHAT_BYTES];

/* Who is at which worker does not matter, so cadre may choose. */
static void
passes(struct app *a, const char *proxy)
{
	char line[64];
	struct front f;
	int ann, bob;

	front_start(&f, a, proxy, "any");
	snprintf(f.proxy.name, sizeof(f.proxy.name), "%s", a->name);
	f.proxy.region = a->region;
	ann = chat_enter(&f.proxy, proxy, "ann", NULL);
	bob = chat_enter(&f.proxy, proxy, "bob", NULL);
	for (unsigned int i = 1; i <= 20; i++) {
		snprintf(line, sizeof(line), "line %u by %s", i, proxy);
		chat_say(ann, i, line);
	}
	ok(chat_sees(bob, line, text), "%s: one hears what the other says",
	    proxy);
	chat_say(bob, 1, "and back");
	ok(chat_sees(ann, "and back", text), "and the other way");
	close(ann);
	close(bob);
	front_stop(&f);
}

int
main(void)
{
	struct app *a;
	bool nginx = front_has("nginx"), haproxy = front_has("haproxy");

	if (!nginx && !haproxy)
		skip_all("neither nginx nor haproxy");
	a = chat_start(3, NULL, NULL);
	if (nginx)
		passes(a, "nginx");
	if (haproxy)
		passes(a, "haproxy");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
