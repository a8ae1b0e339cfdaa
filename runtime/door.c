/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sockets of doors. None is closed before the end, and none shares its
 * port: one that is refused keeps it bound, and without SO_REUSEADDR, so that
 * nobody else can have it meanwhile.
 *
 * A SYN that is dropped is sent again, by Linux after a second; then it is
 * answered by a reset, if the door is shut by then, and the proxy goes on to
 * the next. What is past its SYN passes: the filter stays on connections that
 * were accepted while it was on, and never matches there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/un.h>

#include "runtime/door.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define PORT_MAX	65535
#define BASES		64		/* rows of ports that are tried, … */
#define BASE_LEAST	10240
#define BASE_MOST	32767		/* … mostly below those of clients */
#define SEAT_DIGITS	4		/* of the highest there may be */

/* Flags are byte 13 of the header that begins a packet here. */
#define TCP_FLAGS	13
#define SYN_OR_ACK	0x12
#define SYN		0x02

int
door_filter(int fd, bool on)
{
	static struct sock_filter code[] = {
		{ BPF_LD | BPF_B | BPF_ABS, 0, 0, TCP_FLAGS },
		{ BPF_ALU | BPF_AND | BPF_K, 0, 0, SYN_OR_ACK },
		{ BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYN },
		{ BPF_RET | BPF_K, 0, 0, 0 },
		{ BPF_RET | BPF_K, 0, 0, UINT32_MAX },
	};
	static const struct sock_fprog drop_syns = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};
	int unused = 0;

	if (CADRE_FAULT("door.filter") < 0)
		return -errno;
	if (on)
		return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &drop_syns,
		    sizeof(drop_syns)) < 0 ? -errno : 0;
	if (setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused,
	    sizeof(unused)) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

/* The N of a path that stands alone; NULL: none does, or several do. */
static const char *
seat_place(const char *path)
{
	const char *found = NULL;

	for (const char *p = path; *p != '\0'; p++) {
		if (*p != 'N' || (p > path && is_letter(p[-1])) ||
		    is_letter(p[1]))
			continue;
		if (found != NULL)
			return NULL;
		found = p;
	}
	return found;
}

int
door_first(const char *address, char *first, size_t bytes)
{
	const struct sockaddr_un *sun = NULL;
	size_t n = address != NULL ? strlen(address) : 0;
	const char *place;

	if (n == 0 || n + SEAT_DIGITS >= bytes)
		return cadre__fail(-EINVAL, "the address of seats is missing "
		    "or too long; " DOOR_GRAMMAR);
	strcpy(first, address);
	if (strncmp(address, "unix:", 5) != 0) {
		if (n < 2 || strcmp(address + n - 2, "+N") != 0)
			return cadre__fail(-EINVAL, "address %s is one, and "
			    "each seat needs its own: it ends with +N, and "
			    "seat N gets port PORT + N; " DOOR_GRAMMAR,
			    address);
		first[n - 2] = '\0';
		return 0;
	}
	if (address[5] == '@')
		return cadre__fail(-EINVAL, "address %s: an abstract socket "
		    "has no file, so it could not be shut while its seat has "
		    "no worker; type unix:PATH", address);
	place = seat_place(address + 5);
	if (place == NULL)
		return cadre__fail(-EINVAL, "address %s: exactly one N must "
		    "stand alone there, for the number of the seat; "
		    DOOR_GRAMMAR, address);
	if (n - 5 + SEAT_DIGITS - 1 + strlen(DOOR_SHUT_NAME) >=
	    sizeof(sun->sun_path))
		return cadre__fail(-EINVAL, "address %s: the path must be at "
		    "most %zu bytes, so that there is room for the number and "
		    "for " DOOR_SHUT_NAME, address, sizeof(sun->sun_path) -
		    SEAT_DIGITS - strlen(DOOR_SHUT_NAME));
	first[place - address] = '0';
	return 0;
}

/* The path of a seat's door, or where it is while the door is shut. */
static void
path_of(const struct listener *l, unsigned int seat, bool shut,
    struct sockaddr_un *sun)
{
	const char *path = l->address + 5, *place = seat_place(path);

	*sun = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(sun->sun_path, sizeof(sun->sun_path), "%.*s%u%s%s",
	    (int)(place - path), path, seat, place + 1,
	    shut ? DOOR_SHUT_NAME : "");
}

int
door_of(const struct listener *l, unsigned int seat, struct listener *one)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&one->sockaddr;
	struct sockaddr_in *in = (struct sockaddr_in *)&one->sockaddr;
	in_port_t *port = l->family == AF_INET ? &in->sin_port :
	    &in6->sin6_port;
	struct sockaddr_un sun;

	*one = *l;
	one->fds = NULL;
	one->nfds = 0;
	if (l->family == AF_UNIX) {
		path_of(l, seat, false, &sun);
		one->sockaddr_bytes = (socklen_t)(offsetof(struct sockaddr_un,
		    sun_path) + strlen(sun.sun_path) + 1);
		memcpy(&one->sockaddr, &sun, one->sockaddr_bytes);
		snprintf(one->address, sizeof(one->address), "unix:%s",
		    sun.sun_path);
		return 0;
	}
	if (ntohs(*port) + seat > PORT_MAX)
		return -ERANGE;
	*port = htons((in_port_t)(ntohs(*port) + seat));
	snprintf(one->address, sizeof(one->address), "%.*s:%u",
	    (int)(strrchr(l->address, ':') - l->address), l->address,
	    ntohs(*port));
	return 0;
}

static unsigned int
port_of(const struct listener *l)
{
	return l->family == AF_INET ?
	    ntohs(((const struct sockaddr_in *)&l->sockaddr)->sin_port) :
	    ntohs(((const struct sockaddr_in6 *)&l->sockaddr)->sin6_port);
}

/* What a master that was killed has left there, under the other name. */
static int
stale_forget(const struct listener *l, unsigned int seat)
{
	struct sockaddr_un sun;
	int err;

	path_of(l, seat, true, &sun);
	err = listener_forget((const struct sockaddr *)&sun, sizeof(sun));
	return err == -ENOENT ? 0 : err;
}

static int
seat_open(struct listener *l, unsigned int seat, bool wanted)
{
	struct listener one;
	int err;

	err = door_of(l, seat, &one);
	if (err == 0 && l->family == AF_UNIX)
		err = stale_forget(l, seat);
	one.filtered = !wanted;
	if (err == 0)
		err = listener_open_one(&one, &l->fds[seat]);
	if (err < 0)
		return err;
	if (seat == 0 && l->family != AF_UNIX) {	/* now it is known */
		snprintf(l->address, sizeof(l->address), "%.*s:%u+N",
		    (int)(strrchr(one.address, ':') - one.address),
		    one.address, port_of(l));
	}
	l->nfds = seat + 1;
	if (wanted)
		return 0;
	if (l->family == AF_UNIX)
		return door_keep_out(l, seat);
	return door_refuse(l, seat);
}

static int
cannot(const struct listener *l, unsigned int seat, unsigned int seats,
    int err)
{
	struct listener one;

	if (err == -ERANGE)
		return cadre__fail(-EINVAL, "cannot listen on %s: the last of "
		    "%u seats would have port %u, and %d is the highest; begin "
		    "at %u or lower, or have fewer seats (CADRE_MAX_WORKERS, "
		    "--max-workers)", l->address, seats, port_of(l) + seats - 1,
		    PORT_MAX, PORT_MAX + 1 - seats);
	(void)door_of(l, seat, &one);
	if (err == -EADDRINUSE)
		return cadre__fail(err, "cannot listen on %s, which seat %u "
		    "of the %u that there may be (--max-workers) has by %s: "
		    "somebody else does; name another address, or stop them",
		    one.address, seat, seats, l->address);
	return cadre__fail(err, "cannot listen on %s, which seat %u has by "
	    "%s: %s%s", one.address, seat, l->address, strerror(-err),
	    err == -EMFILE ? "; raise it with ulimit -n" :
	    err == -EACCES && l->family != AF_UNIX ? "; ports below 1024 need "
	    "root or CAP_NET_BIND_SERVICE" : "");
}

static int
seats_open(struct listener *l, unsigned int seats, unsigned int wanted,
    bool again)
{
	char address[sizeof(l->address)];
	unsigned int seat;
	int err = 0;

	strcpy(address, l->address);
	l->nfds = 0;
	if (l->family != AF_UNIX && port_of(l) + seats - 1 > PORT_MAX)
		return cannot(l, 0, seats, -ERANGE);
	for (seat = 0; seat < seats && err == 0; seat++)
		err = seat_open(l, seat, seat < wanted);
	if (err == 0)
		return 0;
	if (!again || err != -EADDRINUSE)
		err = cannot(l, seat - 1, seats, err);
	door_unlink(l);
	while (l->nfds > 0)
		close(l->fds[--l->nfds]);
	strcpy(l->address, address);
	return err;
}

/*
 * Instead of port 0, a row by lot. What the kernel would give is among the
 * ports of clients, which take the next ones for a moment.
 */
static void
base_draw(struct listener *l, unsigned int seats)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&l->sockaddr;
	struct sockaddr_in *in = (struct sockaddr_in *)&l->sockaddr;
	unsigned int room = BASE_MOST + 1 - BASE_LEAST - seats;
	uint16_t lot = 0;
	in_port_t port;

	(void)!getrandom(&lot, sizeof(lot), GRND_NONBLOCK);
	port = htons((in_port_t)(BASE_LEAST + lot % room));
	if (l->family == AF_INET)
		in->sin_port = port;
	else
		in6->sin6_port = port;
}

int
door_open(struct listener *l, unsigned int seats, unsigned int wanted)
{
	bool any;
	int err;

	l->sockaddr = l->asked;
	any = l->family != AF_UNIX && port_of(l) == 0;
	l->fds = calloc(seats, sizeof(*l->fds));
	if (l->fds == NULL)
		return -ENOMEM;
	for (int i = any ? BASES : 1; i > 0; i--) {
		if (any)
			base_draw(l, seats);
		err = seats_open(l, seats, wanted, i > 1);
		if (err == 0)
			return 0;
		if (!any || err != -EADDRINUSE)
			break;
	}
	free(l->fds);
	l->fds = NULL;
	return err;
}

bool
door_is_here(const struct listener *l)
{
	const struct sockaddr_in6 *in6 = (const void *)&l->sockaddr;
	const struct sockaddr_in *in = (const void *)&l->sockaddr;

	if (l->family == AF_INET)
		return ntohl(in->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return l->family == AF_UNIX || IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

void
door_unlink(const struct listener *l)
{
	struct sockaddr_un sun;

	for (unsigned int i = 0; l->family == AF_UNIX && i < l->nfds; i++) {
		path_of(l, i, false, &sun);
		unlink(sun.sun_path);
		path_of(l, i, true, &sun);
		unlink(sun.sun_path);
	}
}

/* Not over another's file. Done already, by a call that was undone: fine. */
static int
rename_to(const struct listener *l, unsigned int seat, bool shut)
{
	struct sockaddr_un from, to;

	path_of(l, seat, !shut, &from);
	path_of(l, seat, shut, &to);
	if (CADRE_FAULT("door.rename") < 0)
		return -errno;
	if (renameat2(AT_FDCWD, from.sun_path, AT_FDCWD, to.sun_path,
	    RENAME_NOREPLACE) == 0)
		return 0;
	return errno == ENOENT && access(to.sun_path, F_OK) == 0 ? 0 : -errno;
}

int
door_keep_out(const struct listener *l, unsigned int seat)
{
	return l->family == AF_UNIX ? rename_to(l, seat, true) :
	    door_filter(l->fds[seat], true);
}

int
door_let_in(const struct listener *l, unsigned int seat)
{
	return l->family == AF_UNIX ? rename_to(l, seat, false) :
	    door_filter(l->fds[seat], false);
}

static void
reuse(int fd, int on)
{
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

int
door_refuse(const struct listener *l, unsigned int seat)
{
	static const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	if (l->family == AF_UNIX)
		return 0;
	/* Unlike shutdown() this leaves no mark that connections inherit. */
	if (CADRE_FAULT("door.refuse") < 0 ||
	    connect(l->fds[seat], &nowhere, sizeof(nowhere)) < 0)
		return -errno;
	reuse(l->fds[seat], 0);
	return 0;
}

int
door_listen(const struct listener *l, unsigned int seat)
{
	struct listener one;

	if (l->family == AF_UNIX)
		return 0;
	/* For the sake of connections of before, which have that port. */
	reuse(l->fds[seat], 1);
	/* Bound as it was, unless a worker has undone that. */
	(void)door_of(l, seat, &one);
	(void)bind(l->fds[seat], (const struct sockaddr *)&one.sockaddr,
	    one.sockaddr_bytes);
	return CADRE_FAULT("door.listen") < 0 ||
	    listen(l->fds[seat], l->backlog) < 0 ? -errno : 0;
}
