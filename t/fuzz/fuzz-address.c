/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where to listen: the address and options of a listener, shared or of seats,
 * as the library and as the command read them, and the name of an app. The
 * input is the two texts. What is accepted, written down again, must read as
 * the same.
 */
#include <errno.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cadre/error.h>

#include "runtime/door.h"
#include "runtime/listen.h"
#include "runtime/trusted.h"
#include "shm/rundir.h"
#include "t/fuzz/fuzz.h"
#include "tools/port.h"

#define NAME_CHARACTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
			"0123456789._-"

/* The address again, from what was made of it. */
static void
write_down(const struct listener *l, char *text, size_t bytes)
{
	const struct sockaddr_in6 *in6 = (const void *)&l->sockaddr;
	const struct sockaddr_in *in = (const void *)&l->sockaddr;
	const struct sockaddr_un *sun = (const void *)&l->sockaddr;
	char host[INET6_ADDRSTRLEN];
	size_t n = l->sockaddr_bytes - offsetof(struct sockaddr_un, sun_path);

	if (l->family == AF_INET) {
		claim(l->sockaddr_bytes == sizeof(*in));
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(text, bytes, "tcp:%s:%u", host, ntohs(in->sin_port));
	} else if (l->family == AF_INET6) {
		claim(l->sockaddr_bytes == sizeof(*in6));
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(text, bytes, "tcp:[%s]:%u", host,
		    ntohs(in6->sin6_port));
	} else if (sun->sun_path[0] == '\0') {
		claim(n > 1 && n <= sizeof(sun->sun_path));
		snprintf(text, bytes, "unix:@%.*s", (int)n - 1,
		    sun->sun_path + 1);
	} else {
		claim(n > 1 && n <= sizeof(sun->sun_path));
		claim(sun->sun_path[n - 1] == '\0');
		snprintf(text, bytes, "unix:%s", sun->sun_path);
	}
}

/* Also where they are not asked for: the defaults are as good. */
static void
keyed(const struct listener *l)
{
	const struct sticky *s = &l->sticky;
	char text[16];

	claim(s->prefix4 >= 1 && s->prefix4 <= 32);
	claim(s->prefix6 >= 1 && s->prefix6 <= 128);
	claim(s->percent == 0 || (s->percent >= 100 && s->percent <
	    STICKY_PERCENT_MAX + 100));
	claim(s->peek_ms >= 1 && s->peek_ms <= STICKY_PEEK_MS_MAX);
	claim(s->peek_bytes >= 64 && s->peek_bytes <= STICKY_PEEK_BYTES_MAX);
	claim(strnlen(s->name, sizeof(s->name)) < sizeof(s->name));
	if (l->asked_mode != LISTENER_STICKY)
		return;
	claim(l->family != AF_UNIX || s->by != STICKY_ADDR);
	claim((s->name[0] != '\0') == (s->by >= STICKY_COOKIE));
	sticky_text(s, text, sizeof(text));
	claim(strncmp(text, "sticky:", 7) == 0 && strlen(text) < 15 + 1);
}

/* Who is in the list is told by its first and its last address. */
static void
trusted(const struct listener *l)
{
	const struct cadre__frame_trusted *t = &l->trusted;
	struct cadre_peer peer = { .bytes = sizeof(struct sockaddr_in6) };
	char *at;

	claim(trusted_is_whole(t));
	claim(t->nets > 0 || t->timeout_ms == 0);
	for (unsigned int i = 0; i < t->nets; i++) {
		const struct cadre__frame_net *net = &t->net[i];
		size_t n = net->family == AF_INET ? 4 : 16;

		claim((net->family == AF_UNIX) == (l->family == AF_UNIX));
		peer.address.ss_family = net->family;
		at = (char *)&peer.address + (net->family == AF_INET ?
		    offsetof(struct sockaddr_in, sin_addr) :
		    offsetof(struct sockaddr_in6, sin6_addr));
		memcpy(at, net->address, n);
		claim(trusted_has(t, &peer));
		for (size_t bit = net->bits; bit < 8 * n; bit++) {
			claim((at[bit / 8] & 0x80 >> bit % 8) == 0);
			at[bit / 8] |= (char)(0x80 >> bit % 8);
		}
		claim(trusted_has(t, &peer));
	}
}

static void
accepted(const struct listener *l, const char *address)
{
	char text[sizeof(l->address)];
	struct listener *again = malloc(sizeof(*again));
	struct port port;

	claim(again != NULL && strcmp(l->address, address) == 0);
	claim(l->backlog >= 1 && l->backlog <= 65535);
	claim(strspn(l->name, NAME_CHARACTERS) == strlen(l->name));
	claim(!l->spread && (l->asked_mode < LISTENER_SHARED ||
	    l->asked_mode == LISTENER_STICKY));
	keyed(l);
	claim(l->asked_mode != LISTENER_SPREAD || l->family != AF_UNIX);
	claim(l->sockaddr_bytes <= sizeof(l->sockaddr));
	trusted(l);
	claim(memcmp(&l->asked, &l->sockaddr, sizeof(l->asked)) == 0);
	write_down(l, text, sizeof(text));
	claim(listener_parse(again, text, NULL) == 0);
	claim(again->family == l->family &&
	    again->sockaddr_bytes == l->sockaddr_bytes);
	claim(memcmp(&again->sockaddr, &l->sockaddr, l->sockaddr_bytes) == 0);
	free(again);
	if (l->family == AF_UNIX) {
		claim(!port_parse(address, &port));
		return;
	}
	claim(port_parse(address, &port));
	claim(htons(port.number) ==
	    ((const struct sockaddr_in *)(const void *)&l->sockaddr)->sin_port);
	claim(port.v6 == (l->family == AF_INET6));
}

static void
name(const char *text)
{
	size_t n = strlen(text);
	bool good = n >= 1 && n <= 47 && strspn(text, NAME_CHARACTERS) == n &&
	    strchr("._-", text[0]) == NULL;

	claim(cadre__name_check(text) == (good ? 0 : -EINVAL));
}

/* The address of each seat is one of its own, and reads as that again. */
static void
door_accepted(const struct listener *l)
{
	static const unsigned int seats[] = { 0, 1, 9, 10, 4095 };
	struct listener one, before, again;

	claim(l->door && !l->mode_given && l->backlog >= 1);
	for (size_t i = 0; i < sizeof(seats) / sizeof(seats[0]); i++) {
		if (door_of(l, seats[i], &one) < 0) {
			claim(l->family != AF_UNIX && seats[i] > 0);
			break;
		}
		claim(listener_parse(&again, one.address, NULL) == 0);
		claim(again.family == l->family &&
		    again.sockaddr_bytes == one.sockaddr_bytes);
		claim(memcmp(&again.sockaddr, &one.sockaddr,
		    one.sockaddr_bytes) == 0);
		claim(i == 0 || memcmp(&before.sockaddr, &one.sockaddr,
		    sizeof(one.sockaddr)) != 0);
		before = one;
	}
}

static void
door(const char *address, const char *options)
{
	struct listener *l = malloc(sizeof(*l));
	int err;

	claim(l != NULL);
	err = listener_parse_door(l, address, options);
	claim(err == 0 || err == -EINVAL);
	if (err == 0)
		door_accepted(l);
	else
		claim(text_is_clean(cadre_error(err)));
	free(l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	struct listener *l = malloc(sizeof(*l));
	bool optional;
	char *address = input_text(&in), *options;
	struct port port;
	int err;

	optional = in.left > 0;
	options = input_text(&in);
	claim(l != NULL);
	err = listener_parse(l, address, optional ? options : NULL);
	claim(err == 0 || err == -EINVAL);
	if (err == 0)
		accepted(l, address);
	else
		claim(text_is_clean(cadre_error(err)));
	door(address, optional ? options : NULL);
	(void)port_parse(address, &port);
	name(address);
	free(l);
	free(address);
	free(options);
	return 0;
}
