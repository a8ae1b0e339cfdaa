/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients of an app in mode sticky; see sticky.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "runtime/sticky.h"
#include "t/lib/sticky.h"

int
sticky_connect(const struct app *a, uint32_t from)
{
	struct timeval limit = { .tv_sec = APP_WAIT_S };
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((in_port_t)a->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in own = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(from) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if ((from == 0 || bind(fd, (struct sockaddr *)&own, sizeof(own)) ==
	    0) && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int
sticky_visit(const struct app *a, uint32_t from, const char *request)
{
	int fd = sticky_connect(a, from);
	char answer[64] = "";
	unsigned int seat;
	ssize_t n;

	if (fd < 0)
		return fd;
	if (request == NULL)
		request = "hello\n";
	(void)!send(fd, request, strlen(request), MSG_NOSIGNAL);
	n = recv(fd, answer, sizeof(answer) - 1, 0);
	close(fd);
	return n > 0 && sscanf(answer, "seat %u", &seat) == 1 ? (int)seat :
	    -EPIPE;
}

static int
home_of(uint64_t key, unsigned int seats)
{
	unsigned int all[64];

	for (unsigned int i = 0; i < 64; i++)
		all[i] = i;
	return sticky_home(key, all, seats);
}

int
sticky_home_of(uint32_t from, unsigned int bits, unsigned int seats)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(from) };
	struct sticky s;
	uint64_t key = 0;

	sticky_begin(&s);
	s.prefix4 = (uint8_t)bits;
	(void)sticky_key_of(&s, &in, sizeof(in), &key);
	return home_of(key, seats);
}

int
sticky_home_of_text(const char *key, unsigned int seats)
{
	return home_of(sticky_key(key, strlen(key)), seats);
}

/* A client at home there; with some thousands there is one for each seat. */
static uint32_t
client_of(unsigned int seat, unsigned int seats)
{
	uint32_t i = 0;

	while (sticky_home_of(STICKY_CLIENT(i), 32, seats) != (int)seat)
		i++;
	return STICKY_CLIENT(i);
}

struct known {
	const struct app *app;
	unsigned int	bits, seats;
};

static bool
all_answer(void *arg)
{
	const struct known *k = arg;

	if (k->bits < 32)
		return sticky_visit(k->app, STICKY_CLIENT(0), NULL) ==
		    sticky_home_of(STICKY_CLIENT(0), k->bits, k->seats);
	for (unsigned int i = 0; i < k->seats; i++)
		if (sticky_visit(k->app, client_of(i, k->seats), NULL) !=
		    (int)i)
			return false;
	return true;
}

bool
sticky_known(const struct app *a, unsigned int bits, unsigned int seats)
{
	struct known k = { a, bits, seats };

	return app_until(all_answer, &k);
}
