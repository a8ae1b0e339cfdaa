/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and their options as text: what a listener shall be. */
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "runtime/door.h"
#include "runtime/listen.h"
#include "runtime/trusted.h"
#include "shm/fail.h"

#define BACKLOG		511
#define BACKLOG_MAX	65535
#define GRAMMAR	"type tcp:HOST:PORT, tcp:[IPV6]:PORT, tcp:*:PORT or unix:PATH"

static const char *
grammar(const struct listener *l)
{
	return l->door ? DOOR_GRAMMAR : GRAMMAR;
}

static const char *const modes[LISTENER_MODES] = {
	[LISTENER_AUTO] = "auto",
	[LISTENER_SPREAD] = "spread",
	[LISTENER_GATE] = "gate",
	[LISTENER_RR] = "rr",
	[LISTENER_LEAST] = "least",
	[LISTENER_SHARED] = "shared",
	[LISTENER_SEAT] = "seat",
	[LISTENER_STICKY] = "sticky",
};

const char *
listener_mode_name(enum listener_mode mode)
{
	return modes[mode];
}

void
listener_mode_text(const struct listener *l, char *to, size_t room)
{
	if (l->mode == LISTENER_STICKY)
		sticky_text(&l->sticky, to, room);
	else
		snprintf(to, room, "%s", modes[l->mode]);
}

static int
port_parse(const struct listener *l, const char *text, in_port_t *ret_port)
{
	unsigned long port;
	char *end;

	port = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && strcmp(end, "+N") == 0 &&
	    !l->door)
		return cadre__fail(-EINVAL, "address %s is one for each seat, "
		    "beside what all share; type --seat-listen %s, or leave +N "
		    "out", l->address, l->address);
	if (*text < '0' || *text > '9' || *end != '\0' || port > 65535)
		return cadre__fail(-EINVAL, "address %s: %s is no port (0 to "
		    "65535); %s", l->address, *text != '\0' ? text :
		    "nothing after the last colon", grammar(l));
	*ret_port = htons((in_port_t)port);
	return 0;
}

static int
host_parse(struct listener *l, const char *host, in_port_t port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&l->sockaddr;
	struct sockaddr_in *in = (struct sockaddr_in *)&l->sockaddr;

	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	if (strcmp(host, "*") == 0)
		host = "0.0.0.0";
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		l->family = in->sin_family = AF_INET;
		in->sin_port = port;
		l->sockaddr_bytes = sizeof(*in);
		return 0;
	}
	if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
		l->family = in6->sin6_family = AF_INET6;
		in6->sin6_port = port;
		l->sockaddr_bytes = sizeof(*in6);
		return 0;
	}
	return -EINVAL;
}

static int
tcp_parse(struct listener *l, const char *rest)
{
	char host[INET6_ADDRSTRLEN + 2];
	const char *colon = strrchr(rest, ':');
	in_port_t port = 0;
	size_t n;
	int err;

	if (colon == NULL)
		return cadre__fail(-EINVAL, "address %s has no port; %s",
		    l->address, grammar(l));
	err = port_parse(l, colon + 1, &port);
	if (err < 0)
		return err;
	n = (size_t)(colon - rest);
	if (n >= 2 && rest[0] == '[' && rest[n - 1] == ']') {
		rest++;
		n -= 2;
	} else if (memchr(rest, ':', n) != NULL)
		return cadre__fail(-EINVAL, "address %s: an IPv6 host stands "
		    "in brackets; %s", l->address, grammar(l));
#ifndef FUZZ_PLANT			/* a host of any length */
	if (n >= sizeof(host))
		n = 0;
#endif
	memcpy(host, rest, n);
	host[n] = '\0';
	if (host_parse(l, host, port) < 0)
		return cadre__fail(-EINVAL, "address %s: the host is no IP "
		    "address; %s", l->address, grammar(l));
	return 0;
}

static int
unix_parse(struct listener *l, const char *path)
{
	struct sockaddr_un *sun = (struct sockaddr_un *)&l->sockaddr;
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(sun->sun_path) || strcmp(path, "@") == 0)
		return cadre__fail(-EINVAL, "address %s: the path must be 1 to "
		    "%zu bytes", l->address, sizeof(sun->sun_path) - 1);
	l->family = sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path, path, n);
	l->sockaddr_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    n + 1);
	if (path[0] == '@') {
		sun->sun_path[0] = '\0';
		l->sockaddr_bytes--;	/* an abstract name has no final NUL */
	}
	return 0;
}

/* A colon would part it in two there. */
static int
name_parse(struct listener *l, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (!isascii(name[i]) || (!isalnum(name[i]) &&
		    strchr("._-", name[i]) == NULL))
			n = sizeof(l->name);
	if (n == 0 || n >= sizeof(l->name))
		return cadre__fail(-EINVAL, "%s: name= takes 1 to %zu letters, "
		    "digits, '.', '_' or '-'", l->address,
		    sizeof(l->name) - 1);
	strcpy(l->name, name);
	return 0;
}

/* What is called shared is not asked for: it is what is left to a program. */
static int
mode_parse(struct listener *l, const char *name)
{
	enum listener_mode mode = LISTENER_AUTO;
	bool sticky = strncmp(name, "sticky", 6) == 0 &&
	    (name[6] == ':' || name[6] == '\0');

	if (l->door)
		return cadre__fail(-EINVAL, "%s: who connects there has chosen "
		    "a seat, there is nothing left for mode=; leave it out",
		    l->address);
	while (!sticky && mode < LISTENER_SHARED &&
	    strcmp(name, modes[mode]) != 0)
		mode++;
	if (strcmp(name, modes[LISTENER_SHARED]) == 0)
		return cadre__fail(-EINVAL, "%s: mode shared is what auto is for "
		    "a program on a Unix socket, it cannot be asked for; type "
		    "mode=auto", l->address);
	if (mode == LISTENER_SHARED)
		return cadre__fail(-EINVAL, "%s: there is no mode '%s'; type "
		    "mode=auto, gate, spread, rr, least or sticky:KEY",
		    l->address, name);
	if (l->mode_given)
		return cadre__fail(-EINVAL, "%s: mode= is there twice",
		    l->address);
	if (sticky) {
		l->asked_mode = LISTENER_STICKY;
		l->mode_given = true;
		return sticky_parse(&l->sticky, name[6] == ':' ? name + 7 : "",
		    l->family, l->address);
	}
	if (mode == LISTENER_SPREAD && l->family == AF_UNIX)
		return cadre__fail(-EINVAL, "%s: a Unix socket is one for all "
		    "workers, it cannot be spread; type mode=gate, rr, least "
		    "or sticky:KEY, or leave mode= out", l->address);
	l->asked_mode = mode;
	l->mode_given = true;
	return 0;
}

/* What waits at the door of a seat whose worker is stalled. */
static int
stalled_parse(struct listener *l, const char *who)
{
	l->waits = strcmp(who, "wait") == 0;
	if (!l->door)
		return cadre__fail(-EINVAL, "%s: stalled= is for the address "
		    "of a seat (--seat-listen); here others take what a "
		    "stalled worker does not", l->address);
	if (l->waits || strcmp(who, "others") == 0)
		return 0;
	return cadre__fail(-EINVAL, "%s: stalled= is others (they take what "
	    "waits) or wait, not %s", l->address, who);
}

/* Who can write to the file can connect. */
static int
socket_mode_parse(struct listener *l, const char *text)
{
	const struct sockaddr_un *sun = (struct sockaddr_un *)&l->sockaddr;
	unsigned long mode;
	char *end;

	if (l->family != AF_UNIX || sun->sun_path[0] == '\0')
		return cadre__fail(-EINVAL, "%s: socket-mode= is for the file "
		    "of a Unix socket, and here is none; leave it out",
		    l->address);
	mode = strtoul(text, &end, 8);
	if (*text < '0' || *text > '7' || *end != '\0' || mode == 0 ||
	    mode > 0777)
		return cadre__fail(-EINVAL, "%s: socket-mode is 1 to 0777, in "
		    "octal, as in socket-mode=0660; not %s", l->address, text);
	l->socket_mode = (unsigned int)mode;
	return 0;
}

static int
option_parse(struct listener *l, const char *word)
{
	unsigned long n;
	char *end;
	int err;

	if (strncmp(word, "mode=", 5) == 0)
		return mode_parse(l, word + 5);
	if (strncmp(word, "backlog=", 8) == 0) {
		n = strtoul(word + 8, &end, 10);
		if (word[8] < '0' || word[8] > '9' || *end != '\0' || n == 0 ||
		    n > BACKLOG_MAX)
			return cadre__fail(-EINVAL, "%s: backlog is 1 to %d, "
			    "not %s", l->address, BACKLOG_MAX, word + 8);
		l->backlog = (int)n;
		return 0;
	}
	if (strncmp(word, "name=", 5) == 0)
		return name_parse(l, word + 5);
	if (strncmp(word, "socket-mode=", 12) == 0)
		return socket_mode_parse(l, word + 12);
	if (strncmp(word, "proxy=", 6) == 0)
		return trusted_parse(&l->trusted, l->address, l->family,
		    word + 6);
	if (strncmp(word, "proxy-timeout=", 14) == 0)
		return trusted_timeout(&l->trusted, l->address, word + 14);
	if (strncmp(word, "stalled=", 8) == 0)
		return stalled_parse(l, word + 8);
	err = l->door ? -ENOENT : sticky_option(&l->sticky, word, l->address);
	if (err == 0)
		l->sticky_given = true;
	if (err != -ENOENT)
		return err;
	if (trusted_is_peer(word))
		return cadre__fail(-EINVAL, "%s: unknown option %s; if it is a "
		    "peer of proxy=, put '+' between peers, as in "
		    "proxy=10.0.0.0/8+%s", l->address, word, word);
	return cadre__fail(-EINVAL, "%s: unknown option %s; there are %s"
	    "backlog=, name=, socket-mode=, proxy= and proxy-timeout=%s",
	    l->address, word, l->door ? "stalled=, " : "mode=, ", l->door ? "" :
	    ", and of mode=sticky:KEY strict, factor=, peek-ms= and "
	    "peek-bytes=");
}

/* door: `address` as it was given, of which `first` is seat 0's. */
static int
address_parse(struct listener *l, const char *address, const char *first,
    bool door)
{
	int err;

	memset(l, 0, sizeof(*l));
	l->door = door;
	l->backlog = BACKLOG;
	sticky_begin(&l->sticky);
	if (address == NULL || strlen(address) >= sizeof(l->address))
		return cadre__fail(-EINVAL, "address is missing or too long; "
		    "%s", grammar(l));
	strcpy(l->address, address);
	if (strncmp(first, "tcp:", 4) == 0)
		err = tcp_parse(l, first + 4);
	else if (strncmp(first, "unix:", 5) == 0)
		err = unix_parse(l, first + 5);
	else
		err = cadre__fail(-EINVAL, "address %s: begins with neither "
		    "tcp: nor unix:; %s", address, grammar(l));
	l->asked = l->sockaddr;
	return err;
}

static int
options_parse(struct listener *l, const char *options)
{
	char words[1024], *save, *word;
	int err = 0;

	if (options == NULL)
		return 0;
	if (strlen(options) >= sizeof(words))
		return cadre__fail(-EINVAL, "%s: options too long", l->address);
	strcpy(words, options);
	for (word = strtok_r(words, ",", &save); word != NULL && err == 0;
	    word = strtok_r(NULL, ",", &save))
		err = option_parse(l, word);
	if (err == 0 && l->sticky_given && l->asked_mode != LISTENER_STICKY)
		return cadre__fail(-EINVAL, "%s: strict, factor=, peek-ms= and "
		    "peek-bytes= belong to mode=sticky:KEY; add that, or leave "
		    "them out", l->address);
	if (err == 0 && l->asked_mode == LISTENER_STICKY)
		err = sticky_check(&l->sticky, l->address);
	if (err == 0 && l->asked_mode == LISTENER_STICKY &&
	    l->sticky.by == STICKY_PROXY && l->trusted.nets == 0)
		return cadre__fail(-EINVAL, "%s: sticky:proxy needs proxy=PEER, "
		    "whose headers say who the client is; add it, or type "
		    "mode=sticky:%s", l->address, l->family == AF_UNIX ?
		    "cookie:NAME" : "addr");
	if (err == 0 && l->trusted.timeout_ms > 0 && l->trusted.nets == 0)
		return cadre__fail(-EINVAL, "%s: proxy-timeout= is for the "
		    "peers of proxy=, which is not there", l->address);
	return err;
}

int
listener_parse(struct listener *l, const char *address, const char *options)
{
	int err = address_parse(l, address, address, false);

	return err == 0 ? options_parse(l, options) : err;
}

int
listener_parse_door(struct listener *l, const char *address,
    const char *options)
{
	char first[sizeof(l->address)];
	int err;

	memset(l, 0, sizeof(*l));
	err = door_first(address, first, sizeof(first));
	if (err == 0)
		err = address_parse(l, address, first, true);
	return err == 0 ? options_parse(l, options) : err;
}

static unsigned int
asked_port(const struct listener *l)
{
	return l->family == AF_INET ?
	    ntohs(((const struct sockaddr_in *)&l->asked)->sin_port) :
	    ntohs(((const struct sockaddr_in6 *)&l->asked)->sin6_port);
}

/* The same host, or one of them is all. */
static bool
hosts_meet(const struct listener *a, const struct listener *b)
{
	const struct sockaddr_in6 *a6 = (const void *)&a->asked;
	const struct sockaddr_in6 *b6 = (const void *)&b->asked;
	in_addr_t a4 = ((const struct sockaddr_in *)&a->asked)->sin_addr.s_addr;
	in_addr_t b4 = ((const struct sockaddr_in *)&b->asked)->sin_addr.s_addr;

	if (a->family != b->family || a->family == AF_UNIX)
		return false;
	if (a->family == AF_INET)
		return a4 == b4 || a4 == INADDR_ANY || b4 == INADDR_ANY;
	return IN6_ARE_ADDR_EQUAL(&a6->sin6_addr, &b6->sin6_addr) ||
	    IN6_IS_ADDR_UNSPECIFIED(&a6->sin6_addr) ||
	    IN6_IS_ADDR_UNSPECIFIED(&b6->sin6_addr);
}

int
listener_apart(const struct listener *l, const struct listener *other,
    unsigned int seats)
{
	const struct listener *doors = l->door ? l : other;
	unsigned int own, others;

	if ((!l->door && !other->door) || !hosts_meet(l, other))
		return 0;
	own = asked_port(l);
	others = asked_port(other);
	if (own == 0 || others == 0 ||
	    own >= others + (other->door ? seats : 1) ||
	    others >= own + (l->door ? seats : 1))
		return 0;
	return cadre__fail(-EADDRINUSE, "cannot listen on %s: this app has a "
	    "port of it by %s; %u seats may be made, whose doors at %s take a "
	    "port each: name others, or have fewer seats (CADRE_MAX_WORKERS, "
	    "--max-workers)", l->address, other->address, seats,
	    doors->address);
}
