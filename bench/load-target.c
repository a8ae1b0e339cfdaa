/* SPDX-License-Identifier: BSD-2-Clause */
/* See load-target.h. */
#include "bench/load-target.h"

#include <sys/un.h>

#include <netdb.h>
#include <netinet/in.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
parse_unix(struct load_target *t, const char *path, const char **ret_why)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&t->address;

	if (*path == '\0' || strlen(path) >= sizeof(un->sun_path)) {
		*ret_why = "a path has 1 to 107 bytes";
		return -EINVAL;
	}
	un->sun_family = AF_UNIX;
	strcpy(un->sun_path, path);
	t->address_bytes = sizeof(*un);
	strcpy(t->host, "localhost");
	return 0;
}

static int
resolve(struct load_target *t, const char *host, const char *port,
    const char **ret_why)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICSERV, .ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found;
	int err = getaddrinfo(host, port, &hints, &found);

	if (err != 0) {
		*ret_why = gai_strerror(err);
		return -EINVAL;
	}
	memcpy(&t->address, found->ai_addr, found->ai_addrlen);
	t->address_bytes = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static int
parse_tcp(struct load_target *t, const char *text, const char **ret_why)
{
	const char *colon = strrchr(text, ':');
	char host[sizeof(t->host)];
	size_t n = colon != NULL ? (size_t)(colon - text) : 0;
	unsigned int port;
	char end;

	*ret_why = "type tcp:HOST:PORT, HOST:PORT or unix:PATH";
	if (n == 0 || strlen(text) >= sizeof(t->host))
		return -EINVAL;
	*ret_why = "a port is a number from 1 to 65535";
	if (strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    sscanf(colon + 1, "%6u%c", &port, &end) != 1 || port == 0 ||
	    port > 65535)
		return -EINVAL;
	strcpy(t->host, text);
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	memcpy(host, text, n);
	host[n] = '\0';
	return resolve(t, host, colon + 1, ret_why);
}

int
load_target_parse(struct load_target *t, const char *text,
    const char **ret_why)
{
	memset(t, 0, sizeof(*t));
	if (strncmp(text, "unix:", 5) == 0)
		return parse_unix(t, text + 5, ret_why);
	return parse_tcp(t, strncmp(text, "tcp:", 4) == 0 ? text + 4 : text,
	    ret_why);
}

bool
load_target_is_loopback(const struct load_target *t)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&t->address;

	return in->sin_family == AF_INET &&
	    ntohl(in->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

/*
 * The port is chosen at connect(), when the other end is known: then it need
 * differ only from those that lead to the same address.
 */
static int
bind_source(struct load_target *t, int fd)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	const int on = 1;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK + t->opened++ % t->sources);
	if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
	    sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0)
		return -errno;
	return 0;
}

int
load_target_socket(struct load_target *t)
{
	int err = 0, fd;

	fd = socket(t->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (t->sources != 0)
		err = bind_source(t, fd);
	if (err == 0)
		return fd;
	close(fd);
	return err;
}

int
load_target_connect(const struct load_target *t, int fd)
{
	if (connect(fd, (const struct sockaddr *)&t->address,
	    t->address_bytes) == 0 || errno == EINPROGRESS)
		return 0;
	return -errno;
}
