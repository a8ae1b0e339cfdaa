/* SPDX-License-Identifier: BSD-2-Clause */
/* t/74-port-holder: who listens on a port is found, who was there before not */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "t/lib/tap.h"
#include "tools/port.h"

static int
listen_at(const char *host, int family, struct port *ret_port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	socklen_t n = sizeof(six);
	int fd = socket(family, SOCK_STREAM, 0), on = 1, err;
	char text[128];

	inet_pton(AF_INET, host, &four.sin_addr);
	inet_pton(AF_INET6, host, &six.sin6_addr);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	err = family == AF_INET ?
	    bind(fd, (struct sockaddr *)&four, sizeof(four)) :
	    bind(fd, (struct sockaddr *)&six, sizeof(six));
	if (err < 0 || listen(fd, 8) < 0 ||
	    getsockname(fd, (struct sockaddr *)&six, &n) < 0)
		return -1;
	snprintf(text, sizeof(text), family == AF_INET ? "tcp:%s:%u" :
	    "tcp:[%s]:%u", host, ntohs(six.sin6_port));
	ok(port_parse(text, ret_port) &&
	    ret_port->number == ntohs(six.sin6_port), "parsed: %s", text);
	return fd;
}

static void
check(const char *host, int family, const char *me)
{
	struct port p = { .number = 0 };
	struct sockaddr_in6 to;
	socklen_t n = sizeof(to);
	char who[128];
	int client, fd = listen_at(host, family, &p);

	if (fd < 0) {
		skip(1, "no %s here", host);
		return;
	}
	is_int(port_probe(&p), -EADDRINUSE, "%s: taken, though it would share",
	    host);
	port_holder(&p, who, sizeof(who));
	is_str(who, me, "%s: by this process", host);
	/* The side that closes first leaves a connection in TIME_WAIT. */
	client = socket(family, SOCK_STREAM, 0);
	getsockname(fd, (struct sockaddr *)&to, &n);
	ok(connect(client, (struct sockaddr *)&to, n) == 0, "a client");
	close(accept(fd, NULL, NULL));
	close(client);
	close(fd);
	is_int(port_probe(&p), 0, "%s: free again", host);
}

int
main(void)
{
	struct port p;
	char me[64];

	snprintf(me, sizeof(me), "pid %d (%.15s)", (int)getpid(),
	    program_invocation_short_name);
	check("127.0.0.1", AF_INET, me);
	check("0.0.0.0", AF_INET, me);
	check("::1", AF_INET6, me);
	ok(!port_parse("unix:/tmp/x:80", &p), "a Unix socket has no port");
	return done_testing();
}
