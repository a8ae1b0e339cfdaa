/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A configuration of nginx, whole, or what stands in its http{}. Its free version has no sticky cookie, but
 * the parts of one: who comes without gets one that nginx draws itself, and
 * the same word is what it chooses by, from the first request on.
 */
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tools/gen.h"

/*
 * A seat that is refused is asked anew each time: that costs a call, and from
 * the moment it is back its clients are with it again. Marked as failed, they
 * would be elsewhere for as long as that lasts, also after a mere crash.
 */
#define SERVER	"max_fails=0"

static void
server(const struct gen_server *s, const char *what, FILE *f)
{
	fprintf(f, "\t\tserver %s%s " SERVER ";\t# %s", s->local ? "unix:" : "",
	    s->address, what);
}

static void
upstream_shared(const struct gen *g, FILE *f)
{
	fprintf(f, "\t# Any worker: cadre chooses.\n\tupstream %s_any {\n",
	    g->app);
	for (unsigned int i = 0; i < g->nshared; i++) {
		server(&g->shared[i], "all seats", f);
		fputc('\n', f);
	}
	fputs("\t}\n", f);
}

static void
upstream_seats(const struct gen *g, FILE *f)
{
	fprintf(f, "\t# The worker of this client. More seats, or fewer, move "
	    "only their share.\n\tupstream %s_seats {\n\t\thash %s "
	    "consistent;\n", g->app, g->by == GEN_COOKIE ? "$cadre_client" :
	    "$remote_addr");
	for (unsigned int i = 0; i < g->ndoors; i++) {
		server(&g->door[i], "seat", f);
		fprintf(f, " %u\n", g->door[i].seat);
	}
	fputs("\t}\n", f);
}

static void
cookie(const struct gen *g, FILE *f)
{
	fprintf(f,
	    "\t# Who brings no cookie gets one, and goes at once where it "
	    "leads.\n"
	    "\tmap $cookie_%s $cadre_client {\n"
	    "\t\tdefault $cookie_%s;\n"
	    "\t\t\"\" $request_id;\n"
	    "\t}\n"
	    "\tmap $cookie_%s $cadre_cookie {\n"
	    "\t\tdefault \"\";\n"
	    "\t\t\"\" \"%s=$request_id; Path=/; HttpOnly; SameSite=Lax\";\n"
	    "\t}\n", g->cookie, g->cookie, g->cookie, g->cookie);
}

static void
location(const struct gen *g, FILE *f)
{
	fprintf(f,
	    "\t\tlocation / {\n"
	    "\t\t\tproxy_pass http://%s_%s;\n"
	    "\t\t\tproxy_http_version 1.1;\n"
	    "\t\t\tproxy_set_header Host $http_host;\n"
	    "\t\t\t# Who asks, and how, is said here: what a client says of "
	    "it goes.\n"
	    "\t\t\tproxy_set_header X-Forwarded-For $remote_addr;\n"
	    "\t\t\tproxy_set_header X-Forwarded-Proto $scheme;\n"
	    "\t\t\tproxy_set_header X-Forwarded-Host \"\";\n"
	    "\t\t\tproxy_set_header X-Forwarded-Port \"\";\n"
	    "\t\t\tproxy_set_header X-Real-IP \"\";\n"
	    "\t\t\tproxy_set_header Forwarded \"\";\n"
	    "\t\t\tproxy_set_header Upgrade $http_upgrade;\n"
	    "\t\t\tproxy_set_header Connection $cadre_connection;\n",
	    g->app, g->by == GEN_ANY ? "any" : "seats");
	if (g->by != GEN_ANY)
		fputs("\t\t\t# A door that is about to be shut lets nobody in, "
		    "and refuses who\n"
		    "\t\t\t# knocks again, after a second: then the next one "
		    "is asked.\n", f);
	fputs("\t\t\tproxy_connect_timeout 3s;\n"
	    "\t\t\tproxy_next_upstream error timeout;\n"
	    "\t\t\t# As long as a WebSocket may be silent.\n"
	    "\t\t\tproxy_read_timeout 1h;\n"
	    "\t\t\tproxy_send_timeout 1h;\n", f);
	if (g->by == GEN_COOKIE)
		fputs("\t\t\tadd_header Set-Cookie $cadre_cookie always;\n", f);
	fputs("\t\t}\n", f);
}

static void
http(const struct gen *g, FILE *f)
{
	fputs("\t# WebSocket: pass on what asks for another protocol.\n"
	    "\tmap $http_upgrade $cadre_connection {\n"
	    "\t\tdefault upgrade;\n"
	    "\t\t\"\" close;\n"
	    "\t}\n", f);
	if (g->by == GEN_COOKIE)
		cookie(g, f);
	if (g->by != GEN_ANY)
		upstream_seats(g, f);
	if (g->nshared > 0)
		upstream_shared(g, f);
	fprintf(f, "\tserver {\n\t\tlisten %s;\n", g->listen);
	location(g, f);
	if (g->by != GEN_ANY && g->nshared > 0)
		fprintf(f, "\t\t# What needs no session: proxy_pass "
		    "http://%s_any; in a location of its own.\n", g->app);
	fputs("\t}\n", f);
}

/*
 * The lines, of which each begins with a tab, without that. Variables of maps
 * get the name of the app, of whose fragments several can be in one http{}.
 */
static void
fragment(const struct gen *g, const char *text, FILE *f)
{
	static const char variable[] = "$cadre_";

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\t' && (p == text || p[-1] == '\n'))
			continue;
		fputc(*p, f);
		if (p - text < (ptrdiff_t)sizeof(variable) - 2 ||
		    memcmp(p + 2 - sizeof(variable), variable,
		    sizeof(variable) - 1) != 0)
			continue;
		for (const char *c = g->app; *c != '\0'; c++)
			fputc(isalnum((unsigned char)*c) ? *c : '_', f);
		fputc('_', f);
	}
}

void
gen_nginx(const struct gen *g, FILE *f)
{
	char *text = NULL;
	size_t n = 0;
	FILE *lines;

	if (!g->fragment) {
		fputs("worker_processes auto;\n"
		    "pid /run/nginx.pid;\n"
		    "events {\n"
		    "\tworker_connections 4096;\n"
		    "}\n"
		    "http {\n", f);
		http(g, f);
		fputs("}\n", f);
		return;
	}
	lines = open_memstream(&text, &n);
	if (lines == NULL)
		return;
	http(g, lines);
	if (fclose(lines) == 0)
		fragment(g, text, f);
	free(text);
}
