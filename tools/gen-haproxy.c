/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A configuration of HAProxy, whole, or for one that has its defaults. It looks at each door twice a second, so
 * it knows of one that is shut before a request does; a request that was
 * faster is tried at another.
 */
#include "tools/gen.h"

static void
server(const struct gen_server *s, FILE *f)
{
	fprintf(f, "%s%s check%s", s->local ? "unix@" : "", s->address,
	    s->proxied ? " send-proxy-v2" : "");
}

static void
of_backends(const struct gen *g, FILE *f)
{
	if (g->by != GEN_ANY)
		fputs("\t# A door that is about to be shut lets nobody in, and "
		    "refuses who knocks\n"
		    "\t# again, after a second: then another is asked, at the "
		    "first try.\n", f);
	fputs("\ttimeout connect 3s\n"
	    "\tretries 3\n"
	    "\toption redispatch 1\n"
	    "\ttimeout check 1s\n"
	    "\ttimeout server 1m\n"
	    "\ttimeout tunnel 1h\n"
	    "\tdefault-server inter 500ms fall 1 rise 1\n", f);
}

static void
of_frontends(FILE *f)
{
	fputs("\ttimeout client 1m\n"
	    "\ttimeout http-request 10s\n", f);
}

static void
of_both(FILE *f)
{
	fputs("\tmode http\n"
	    "\t# A connection to a worker is for one request, so none is cut "
	    "when it finishes.\n"
	    "\toption http-server-close\n", f);
}

/* What `option forwardfor` adds stands behind what the client wrote itself. */
static void
whose(FILE *f)
{
	fputs("\t# Who asks, and how, is said here: what a client says of it "
	    "goes.\n"
	    "\thttp-request set-header X-Forwarded-For %[src]\n"
	    "\thttp-request set-header X-Forwarded-Proto http\n"
	    "\thttp-request set-header X-Forwarded-Proto https if { ssl_fc }\n"
	    "\thttp-request del-header X-Forwarded-Host\n"
	    "\thttp-request del-header X-Forwarded-Port\n"
	    "\thttp-request del-header X-Real-IP\n"
	    "\thttp-request del-header Forwarded\n", f);
}

/* Of a fragment: what else is in the file may have other defaults. */
static void
backend(const struct gen *g, const char *what, FILE *f)
{
	fprintf(f, "backend %s_%s\n", g->app, what);
	if (!g->fragment)
		return;
	of_both(f);
	of_backends(g, f);
}

static void
choice(const struct gen *g, FILE *f)
{
	if (g->by == GEN_COOKIE)
		fprintf(f, "\t# Who brings no cookie gets the worker with the "
		    "fewest connections.\n"
		    "\tbalance leastconn\n"
		    "\tcookie %s insert indirect nocache httponly attr "
		    "SameSite=Lax\n", g->cookie);
	else
		fputs("\t# More seats, or fewer, move only their share.\n"
		    "\tbalance source\n"
		    "\thash-type consistent\n", f);
}

static void
backend_seats(const struct gen *g, FILE *f)
{
	backend(g, "seats", f);
	choice(g, f);
	for (unsigned int i = 0; i < g->ndoors; i++) {
		fprintf(f, "\tserver seat%u ", g->door[i].seat);
		server(&g->door[i], f);
		if (g->by == GEN_COOKIE)
			fprintf(f, " cookie seat%u", g->door[i].seat);
		/* Places on the circle by number, not by the order here. */
		fprintf(f, " id %u\n", g->door[i].seat + 1);
	}
	for (unsigned int i = 0; i < g->nshared; i++) {
		fprintf(f, "\tserver any%u ", i);
		server(&g->shared[i], f);
		fprintf(f, " backup id %u\n", g->seats + i + 1);
	}
}

static void
backend_any(const struct gen *g, FILE *f)
{
	backend(g, "any", f);
	fputs("\tbalance roundrobin\n", f);
	for (unsigned int i = 0; i < g->nshared; i++) {
		fprintf(f, "\tserver any%u ", i);
		server(&g->shared[i], f);
		fputc('\n', f);
	}
}

void
gen_haproxy(const struct gen *g, FILE *f)
{
	if (!g->fragment) {
		fputs("defaults\n", f);
		of_both(f);
		of_backends(g, f);
		of_frontends(f);
	}
	fprintf(f, "frontend %s\n\tbind %s\n", g->app, g->listen);
	if (g->fragment) {
		of_both(f);
		of_frontends(f);
	}
	whose(f);
	fprintf(f, "\tdefault_backend %s_%s\n", g->app,
	    g->by == GEN_ANY ? "any" : "seats");
	if (gen_is_proxied(g))
		fputs("# send-proxy-v2: proxy= of the app must list the address "
		    "that this comes from,\n"
		    "# as in proxy=127.0.0.1 on the same machine, or every "
		    "request is refused.\n", f);
	if (g->by != GEN_ANY)
		backend_seats(g, f);
	if (g->nshared > 0)
		backend_any(g, f);
}
