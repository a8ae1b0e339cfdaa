/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre gen: the configuration of a reverse proxy for a live app, from the
 * addresses that its region shows.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>

#include <cadre/cadre.h>

#include "runtime/door.h"
#include "tools/gen.h"
#include "tools/sample.h"
#include "tools/verb.h"

#define LISTEN_DEFAULT	"127.0.0.1:8000"
#define COOKIE_DEFAULT	"CADRE"
#define COOKIE_MAX	40
#define SHOWN		"%.200s"
#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

enum { FLAG_BY = 256, FLAG_COOKIE, FLAG_ALL, FLAG_FRAGMENT };

static const struct option options[] = {
	{ "all", no_argument, NULL, FLAG_ALL },
	{ "by", required_argument, NULL, FLAG_BY },
	{ "cookie", required_argument, NULL, FLAG_COOKIE },
	{ "fragment", no_argument, NULL, FLAG_FRAGMENT },
	{ "listen", required_argument, NULL, 'l' },
	{ "output", required_argument, NULL, 'o' },
	{ NULL, 0, NULL, 0 },
};

static const struct proxy {
	const char	*name;
	void		(*write)(const struct gen *, FILE *);
	bool		speaks;		/* it can send PROXY headers */
} proxies[] = {
	{ "nginx", gen_nginx, false },
	{ "haproxy", gen_haproxy, true },
};

static const char *const ways[] = {
	[GEN_COOKIE] = "cookie", [GEN_ADDR] = "addr", [GEN_ANY] = "any",
};

struct order {
	const struct verb *verb;
	const struct proxy *proxy;
	const char	*output;	/* NULL: standard output */
	bool		by_given, cookie_given, all;
	struct listener	listen;
	struct gen	gen;
};

static int
take_by(struct order *o, const char *text)
{
	for (unsigned int i = 0; i < LENGTH(ways); i++)
		if (strcmp(ways[i], text) == 0) {
			o->gen.by = (enum gen_by)i;
			o->by_given = true;
			return 0;
		}
	return verb_usage(o->verb, "flag --by needs cookie, addr or any, not '"
	    SHOWN "'", text);
}

/* Also a part of a variable of nginx. */
static int
take_cookie(struct order *o, const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	if (n == 0 || n > COOKIE_MAX || text[n] != '\0')
		return verb_usage(o->verb, "flag --cookie needs a name of 1 to "
		    "%d letters, digits or '_', not '" SHOWN "'", COOKIE_MAX,
		    text);
	o->gen.cookie = text;
	o->cookie_given = true;
	return 0;
}

/* PORT, HOST:PORT, and what is typed for -l elsewhere. */
static int
take_listen(struct order *o, const char *text)
{
	const char *rest = strncmp(text, "tcp:", 4) == 0 ? text + 4 : text;
	char address[GEN_ADDRESS_BYTES];
	int n;

	n = snprintf(address, sizeof(address), "tcp:%s%s",
	    strchr(rest, ':') == NULL ? "*:" : "", rest);
	if (n < 0 || (size_t)n >= sizeof(address) ||
	    listener_parse(&o->listen, address, NULL) < 0)
		return verb_usage(o->verb, "flag -l needs HOST:PORT or PORT, "
		    "where the proxy listens, not '" SHOWN "'", text);
	snprintf(o->gen.listen, sizeof(o->gen.listen), "%s", address + 4);
	return 0;
}

static int
take_flags(struct order *o, int argc, char **argv)
{
	int c, code = 0;

	while (code == 0 && (c = getopt_long(argc, argv, ":l:o:", options,
	    NULL)) != -1) {
		if (c == 'l')
			code = take_listen(o, optarg);
		else if (c == 'o')
			o->output = strcmp(optarg, "-") != 0 ? optarg : NULL;
		else if (c == FLAG_ALL)
			o->all = true;
		else if (c == FLAG_FRAGMENT)
			o->gen.fragment = true;
		else if (c == FLAG_BY)
			code = take_by(o, optarg);
		else if (c == FLAG_COOKIE)
			code = take_cookie(o, optarg);
		else
			code = verb_flag(o->verb, c, argv);
	}
	return code;
}

/* nginx|haproxy NAME. */
static int
take_words(struct order *o, int argc, char **argv)
{
	for (unsigned int i = 0; optind < argc && i < LENGTH(proxies); i++)
		if (strcmp(argv[optind], proxies[i].name) == 0)
			o->proxy = &proxies[i];
	if (o->proxy == NULL && optind < argc)
		return verb_usage(o->verb, "'" SHOWN "' is no proxy known "
		    "here; type: %s gen nginx NAME, or: %s gen haproxy NAME",
		    argv[optind], verb_program, verb_program);
	if (argc - optind != 2)
		return verb_usage(o->verb, "for which proxy, and which app? "
		    "type: %s gen nginx|haproxy NAME", verb_program);
	o->gen.app = argv[optind + 1];
	return 0;
}

static unsigned int
port_of(const struct listener *l)
{
	return l->family == AF_INET6 ?
	    ntohs(((const struct sockaddr_in6 *)&l->sockaddr)->sin6_port) :
	    ntohs(((const struct sockaddr_in *)&l->sockaddr)->sin_port);
}

/* The proxy cannot have what the app has. */
static bool
is_ours(const struct order *o, const struct listener *l, unsigned int seats)
{
	unsigned int port = port_of(&o->listen), first = port_of(l);

	return l->family != AF_UNIX && port >= first && port < first + seats;
}

/* NULL, or why they cannot be used. */
static const char *
doors_fill(struct order *o, const struct listener *l,
    const struct sample *s, bool proxied)
{
	struct gen *g = &o->gen;
	struct listener one;
	const char *why;

	for (unsigned int i = 0; i < s->seats; i++) {
		if (!o->all && s->seat[i].view.state == CADRE_STATE_EMPTY)
			continue;
		if (door_of(l, i, &one) < 0)
			return "it has no address for each seat";
		why = gen_server(&g->door[g->ndoors], &one, proxied);
		if (why != NULL)
			return why;
		g->door[g->ndoors++].seat = i;
	}
	return NULL;
}

/* What cannot be used is left out, and said. */
static void
leave_out(const struct order *o, const char *address, const char *why)
{
	verb_say(o->verb, "%s: %s is left out: %s", o->gen.app, address, why);
}

static int
take_listener(struct order *o, const struct cadre_shm_listener *shown,
    const struct sample *s)
{
	bool proxied = (shown->flags & CADRE_LISTENER_PROXY) != 0;
	bool door = strcmp(shown->mode, "seat") == 0;
	struct gen *g = &o->gen;
	const char *why = NULL;
	struct listener l;

	if ((door ? listener_parse_door(&l, shown->address, NULL) :
	    listener_parse(&l, shown->address, NULL)) < 0)
		return 0;		/* shared bytes: not one of ours */
	if (is_ours(o, &l, door ? s->seats : 1))
		return verb_usage(o->verb, "the proxy cannot listen on %s, "
		    "which is in %s of %s itself; name another: -l HOST:PORT",
		    g->listen, shown->address, g->app);
	if (proxied && !o->proxy->speaks) {
		leave_out(o, shown->address, "it has proxy=, and nginx sends "
		    "no PROXY header by HTTP; start it without, or take "
		    "haproxy");
		return 0;
	}
	if (door && g->ndoors == 0) {
		why = doors_fill(o, &l, s, proxied);
		if (why == NULL)
			snprintf(g->doors, sizeof(g->doors), "%s",
			    shown->address);
	} else if (!door && g->nshared < LENGTH(g->shared)) {
		why = gen_server(&g->shared[g->nshared], &l, proxied);
		g->nshared += why == NULL;
	}
	if (why != NULL)
		leave_out(o, shown->address, why);
	return 0;
}

/* One about doors, where none is written. */
static int
idle_flag(const struct order *o, const char *flag)
{
	if (o->gen.doors[0] != '\0')
		return verb_usage(o->verb, "--%s has no effect with --by %s; "
		    "leave one of them out", flag, ways[o->gen.by]);
	return verb_usage(o->verb, "--%s is about the doors of seats, and %s "
	    "has none that %s can use; leave it out, or start the app with "
	    "--seat-listen tcp:127.0.0.1:9000+N", flag, o->gen.app,
	    o->proxy->name);
}

/* 0, or an exit code, said: can it choose so? */
static int
check(struct order *o)
{
	struct gen *g = &o->gen;

	if (!o->by_given)
		g->by = g->doors[0] != '\0' ? GEN_COOKIE : GEN_ANY;
	if (g->by == GEN_ANY && o->all)
		return idle_flag(o, "all");
	if (g->by != GEN_COOKIE && o->cookie_given)
		return idle_flag(o, "cookie");
	if (g->doors[0] == '\0' && g->nshared == 0) {
		verb_say(o->verb, "%s has no address that %s can use; start it "
		    "with -l tcp:127.0.0.1:8080, and for a door of each seat "
		    "with --seat-listen tcp:127.0.0.1:9000+N", g->app,
		    o->proxy->name);
		return EXIT_FAILED;
	}
	if (g->by != GEN_ANY && g->doors[0] == '\0') {
		verb_say(o->verb, "%s has no door for each seat, so a proxy "
		    "cannot choose a worker by %s; start it with --seat-listen "
		    "tcp:127.0.0.1:9000+N, or type --by any", g->app,
		    ways[g->by]);
		return EXIT_FAILED;
	}
	if (g->by != GEN_ANY && g->ndoors == 0) {
		verb_say(o->verb, "%s: no seat has a worker now; type --all "
		    "for all seats", g->app);
		return EXIT_FAILED;
	}
	if (g->by == GEN_ANY && g->nshared == 0) {
		verb_say(o->verb, "%s has no shared address that %s can use; "
		    "start it with -l, or type --by cookie", g->app,
		    o->proxy->name);
		return EXIT_FAILED;
	}
	return 0;
}

/* The region tells that there is a list, not who is in it. */
static void
warn_proxied(const struct order *o)
{
	if (gen_is_proxied(&o->gen))
		verb_say(o->verb, "%s sends PROXY headers to %s: see that "
		    "proxy= there lists the address that it comes from, as in "
		    "proxy=127.0.0.1 on this machine, or every request is "
		    "refused", o->proxy->name, o->gen.app);
}

static void
heading(const struct order *o, FILE *f)
{
	const struct gen *g = &o->gen;

	fprintf(f, "# %s for the cadre app %s, by: %s\n", o->proxy->name,
	    g->app, g->command);
	if (g->by != GEN_ANY)
		fprintf(f, "# Doors %s: %u of %u seats. After a change of "
		    "their number (cadre scale)\n# make it again and reload "
		    "%s; a seat that is gone before is skipped.\n", g->doors,
		    g->ndoors, g->seats, o->proxy->name);
	if (gen_is_local(g))
		fprintf(f, "# Unix sockets: as whom %s runs must be allowed to "
		    "write to them: start the\n# app with "
		    "unix:PATH,socket-mode=0660 and a group of both, or "
		    "socket-mode=0666.\n", o->proxy->name);
}

static int
write_out(const struct order *o)
{
	char *text = NULL;
	int code = EXIT_SUCCESS, err;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (f == NULL)
		return verb_fail(o->verb, -ENOMEM);
	heading(o, f);
	o->proxy->write(&o->gen, f);
	if (fclose(f) != 0)
		code = verb_fail(o->verb, -ENOMEM);
	else if (o->output == NULL)
		fwrite(text, 1, n, stdout);
	else if ((err = gen_file(o->output, text, n)) < 0) {
		verb_say(o->verb, "cannot write " SHOWN ": %s", o->output,
		    strerror(-err));
		code = EXIT_FAILED;
	}
	free(text);
	return code;
}

static int
generate(struct order *o, const struct cadre_region *r)
{
	struct sample s = { .seats = 0 };
	struct cadre_shm_listener l;
	int code = 0, err;

	err = sample_take(r, &s);
	if (err < 0)
		return verb_fail(o->verb, err);
	o->gen.seats = s.seats;
	o->gen.door = calloc(s.seats + 1, sizeof(*o->gen.door));
	if (o->gen.door == NULL)
		code = verb_fail(o->verb, -ENOMEM);
	for (unsigned int i = 0; code == 0 &&
	    cadre_region_listener(r, i, &l) == 0; i++)
		code = take_listener(o, &l, &s);
	if (code == 0)
		code = check(o);
	if (code == 0)
		warn_proxied(o);
	if (code == 0)
		code = write_out(o);
	free(o->gen.door);
	sample_free(&s);
	return code;
}

/* What was typed, for who finds the file later. */
static void
command_keep(struct gen *g, int argc, char **argv)
{
	size_t n = 0;

	n += (size_t)snprintf(g->command, sizeof(g->command), "cadre");
	for (int i = 0; i < argc && n < sizeof(g->command); i++)
		n += (size_t)snprintf(g->command + n, sizeof(g->command) - n,
		    " %s", argv[i]);
	for (char *p = g->command; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = '?';
}

int
cmd_gen(const struct verb *v, int argc, char **argv)
{
	struct order o = { .verb = v, .gen.cookie = COOKIE_DEFAULT };
	struct cadre_region *r;
	int code;

	command_keep(&o.gen, argc, argv);
	code = take_listen(&o, LISTEN_DEFAULT);
	if (code == 0)
		code = take_flags(&o, argc, argv);
	if (code == 0)
		code = take_words(&o, argc, argv);
	if (code == 0)
		code = verb_attach(v, o.gen.app, &r);
	if (code != 0)
		return code;
	code = generate(&o, r);
	cadre_region_close(r);
	return code;
}
