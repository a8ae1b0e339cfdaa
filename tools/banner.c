/* SPDX-License-Identifier: BSD-2-Clause */
/* What an app that was just started looks like, and what to type next. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cadre/cadre.h>

#include "runtime/door.h"
#include "tools/banner.h"
#include "tools/text.h"
#include "tools/verb.h"

/* As a client would type it: an address to bind is not one to connect to. */
static void
print_url(const char *address)
{
	const char *rest = address + 4;

	if (strncmp(address, "unix:@", 6) == 0)
		printf("--abstract-unix-socket %s http://localhost/",
		    address + 6);
	else if (strncmp(address, "unix:", 5) == 0)
		printf("--unix-socket %s http://localhost/", address + 5);
	else if (strncmp(rest, "0.0.0.0:", 8) == 0)
		printf("http://127.0.0.1:%s/", rest + 8);
	else if (strncmp(rest, "[::]:", 5) == 0)
		printf("http://[::1]:%s/", rest + 5);
	else
		printf("http://%s/", rest);
}

/* Where, and who decides which worker gets a connection. */
static void
print_listeners(const struct cadre_region *r)
{
	struct cadre_shm_listener l;
	struct text_line address;

	for (unsigned int i = 0; cadre_region_listener(r, i, &l) == 0; i++) {
		address = text_line(l.address);
		printf("  ");
		/* Of doors it is no URL, but the pattern of many. */
		if (strncmp(address.s, "tcp:", 4) == 0 &&
		    strcmp(l.mode, "seat") != 0)
			print_url(address.s);
		else
			printf("%s", address.s);
		printf("  mode %s\n", text_line(l.mode).s);
	}
}

static void
print_seats(const struct sample *s)
{
	const struct cadre_shm_life *life;

	for (unsigned int i = 0; i < s->app.workers; i++) {
		life = &s->seat[i].view.newest.life;
		printf("  seat %u  ", i);
		if (!s->seat[i].known || !s->seat[i].view.has_newest)
			printf("no worker yet\n");
		else if (!s->seat[i].lives || life->ready_ns == 0)
			printf("pid %" PRIu64 "  %s\n", life->pid,
			    cadre_state_name(s->seat[i].view.state));
		else
			printf("pid %" PRIu64 "  ready in %s\n", life->pid,
			    text_duration(life->ready_ns -
			    life->spawned_ns).s);
	}
}

/* A line for the first door there is, of seat 0. */
static void
print_door(const struct cadre_region *r)
{
	struct cadre_shm_listener shown;
	struct listener l, one;

	for (unsigned int i = 0; cadre_region_listener(r, i, &shown) == 0;
	    i++) {
		if (strcmp(shown.mode, "seat") != 0)
			continue;
		if (listener_parse_door(&l, shown.address, NULL) < 0 ||
		    door_of(&l, 0, &one) < 0)
			return;
		printf("  curl -s ");
		print_url(text_line(one.address).s);
		printf("  # the door of seat 0\n");
		return;
	}
}

static void
print_try(const struct cadre_region *r, const struct sample *s)
{
	struct text_line name = text_line(s->app.name);
	struct cadre_shm_listener l;
	const char *own = getenv("CADRE_RUNTIME_DIR");
	char dir[1200] = "";

	/* The other terminal does not have it in its environment. */
	if (own != NULL && own[0] != '\0')
		snprintf(dir, sizeof(dir), "CADRE_RUNTIME_DIR=%s ",
		    text_line(own).s);
	printf("try, in another terminal:\n");
	if (cadre_region_listener(r, 0, &l) == 0 &&
	    strcmp(l.mode, "seat") != 0) {
		printf("  curl -s ");
		print_url(text_line(l.address).s);
		putchar('\n');
	}
	print_door(r);
	printf("  %s%s stat %s\n", dir, verb_program, name.s);
	printf("  %s%s events %s -f\n", dir, verb_program, name.s);
	if (s->seats > 0 && s->seat[0].lives)
		printf("  kill -9 %" PRIu64 "\n",
		    s->seat[0].view.newest.life.pid);
	printf("Ctrl-C stops it.\n");
}

void
banner_print(const struct cadre_region *r, const struct sample *s)
{
	const char *why;
	int cpus;

	cpus = cadre_cpus(&why);
	printf("cadre %s  %s  master pid %d  region %s\n", cadre_version(),
	    text_line(s->app.name).s, (int)s->app.master_pid,
	    text_size(s->app.bytes).s);
	print_listeners(r);
	print_seats(s);
	printf("%u workers, %d processors by %s\n", s->app.workers, cpus, why);
	print_try(r, s);
	fflush(stdout);
}
