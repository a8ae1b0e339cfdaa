/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses of an app, as a proxy reaches them. */
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "tools/gen.h"

/* Neither proxy means by other bytes what we do. */
static const char *
unix_fill(struct gen_server *s, const char *path)
{
	if (strspn(path, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-") != strlen(path))
		return "a path there may have letters, digits and _./+- only";
	if (path[0] != '/')
		return "it is relative, and the proxy has a directory of its "
		    "own; start it with the whole path, unix:/DIR/FILE";
	snprintf(s->address, sizeof(s->address), "%s", path);
	return NULL;
}

const char *
gen_server(struct gen_server *s, const struct listener *l, bool proxied)
{
	const struct sockaddr_in6 *in6 = (const void *)&l->sockaddr;
	const struct sockaddr_in *in = (const void *)&l->sockaddr;
	char host[INET6_ADDRSTRLEN];

	*s = (struct gen_server){ .local = l->family == AF_UNIX,
	    .proxied = proxied };
	if (l->family == AF_UNIX)
		return unix_fill(s, l->address + 5);
	if (l->family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(s->address, sizeof(s->address), "%s:%u",
		    in->sin_addr.s_addr == htonl(INADDR_ANY) ? "127.0.0.1" :
		    host, ntohs(in->sin_port));
		return NULL;
	}
	inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
	snprintf(s->address, sizeof(s->address), "[%s]:%u",
	    IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr) ? "::1" : host,
	    ntohs(in6->sin6_port));
	return NULL;
}

bool
gen_is_proxied(const struct gen *g)
{
	bool is = g->by != GEN_ANY && g->ndoors > 0 && g->door[0].proxied &&
	    !g->door[0].local;

	for (unsigned int i = 0; i < g->nshared; i++)
		is |= g->shared[i].proxied && !g->shared[i].local;
	return is;
}

bool
gen_is_local(const struct gen *g)
{
	bool is = g->by != GEN_ANY && g->ndoors > 0 && g->door[0].local;

	for (unsigned int i = 0; i < g->nshared; i++)
		is |= g->shared[i].local;
	return is;
}
