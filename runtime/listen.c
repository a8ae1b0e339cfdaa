/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sockets of all seats are made once, at the start, and none is closed
 * before the end: a death, a respawn or a change of size closes no queue.
 *
 * SO_REUSEPORT would let two apps of one user share a port without a word. So
 * the first socket is bound and listens without it, which fails if anybody is
 * there, and gets the option only then; the other seats' sockets join. Bound
 * is not enough: until one of them listens, SO_REUSEADDR lets two be bound.
 */
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "runtime/listen.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define BACKLOG		511
#define BACKLOG_MAX	65535
#define GRAMMAR	"type tcp:HOST:PORT, tcp:[IPV6]:PORT, tcp:*:PORT or unix:PATH"

static int
port_parse(const char *text, const char *address, in_port_t *ret_port)
{
	unsigned long port;
	char *end;

	port = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || port > 65535)
		return cadre__fail(-EINVAL, "address %s: %s is no port (0 to "
		    "65535); " GRAMMAR, address, *text != '\0' ? text :
		    "nothing after the last colon");
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
		return cadre__fail(-EINVAL, "address tcp:%s has no port; "
		    GRAMMAR, rest);
	err = port_parse(colon + 1, l->address, &port);
	if (err < 0)
		return err;
	n = (size_t)(colon - rest);
	if (n >= 2 && rest[0] == '[' && rest[n - 1] == ']') {
		rest++;
		n -= 2;
	} else if (memchr(rest, ':', n) != NULL)
		return cadre__fail(-EINVAL, "address %s: an IPv6 host stands "
		    "in brackets; " GRAMMAR, l->address);
#ifndef FUZZ_PLANT			/* a host of any length */
	if (n >= sizeof(host))
		n = 0;
#endif
	memcpy(host, rest, n);
	host[n] = '\0';
	if (host_parse(l, host, port) < 0)
		return cadre__fail(-EINVAL, "address %s: the host is no IP "
		    "address; " GRAMMAR, l->address);
	l->spread = true;
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

static int
option_parse(struct listener *l, const char *word)
{
	unsigned long n;
	char *end;

	if (strcmp(word, "mode=auto") == 0)
		return 0;
	if (strcmp(word, "mode=spread") == 0) {
		if (l->family == AF_UNIX)
			return cadre__fail(-EINVAL, "%s: a Unix socket is "
			    "shared, it cannot be spread; leave mode= out",
			    l->address);
		return 0;
	}
	if (strncmp(word, "mode=", 5) == 0)
		return cadre__fail(-EINVAL, "%s: there is no mode %s; type "
		    "mode=spread or mode=auto", l->address, word + 5);
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
	return cadre__fail(-EINVAL, "%s: unknown option %s; there are mode=, "
	    "backlog= and name=", l->address, word);
}

int
listener_parse(struct listener *l, const char *address, const char *options)
{
	char words[256], *save, *word;
	int err;

	memset(l, 0, sizeof(*l));
	l->backlog = BACKLOG;
	if (address == NULL || strlen(address) >= sizeof(l->address))
		return cadre__fail(-EINVAL, "address is missing or too long; "
		    GRAMMAR);
	strcpy(l->address, address);
	if (strncmp(address, "tcp:", 4) == 0)
		err = tcp_parse(l, address + 4);
	else if (strncmp(address, "unix:", 5) == 0)
		err = unix_parse(l, address + 5);
	else
		err = cadre__fail(-EINVAL, "address %s: begins with neither "
		    "tcp: nor unix:; " GRAMMAR, address);
	l->asked = l->sockaddr;
	if (err < 0 || options == NULL)
		return err;
	if (strlen(options) >= sizeof(words))
		return cadre__fail(-EINVAL, "%s: options too long", address);
	strcpy(words, options);
	for (word = strtok_r(words, ",", &save); word != NULL && err == 0;
	    word = strtok_r(NULL, ",", &save))
		err = option_parse(l, word);
	return err;
}

static int
set(int fd, int level, int name, int on)
{
	return setsockopt(fd, level, name, &on, sizeof(on)) < 0 ? -errno : 0;
}

/* The kernel gave us a port, or we were given one: what all others bind to. */
static int
port_learn(struct listener *l, int fd)
{
	char host[INET6_ADDRSTRLEN];
	const struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&l->sockaddr;
	const struct sockaddr_in *in = (struct sockaddr_in *)&l->sockaddr;

	if (getsockname(fd, (struct sockaddr *)&l->sockaddr,
	    &l->sockaddr_bytes) < 0)
		return -errno;
	if (l->family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(l->address, sizeof(l->address), "tcp:%s:%u", host,
		    ntohs(in->sin_port));
	} else {
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(l->address, sizeof(l->address), "tcp:[%s]:%u", host,
		    ntohs(in6->sin6_port));
	}
	return 0;
}

static int
tcp_bind(struct listener *l, int fd, bool first)
{
	int err;

	err = set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (err == 0 && l->family == AF_INET6)
		err = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	/* Connections inherit it from the listener: one call less for each. */
	if (err == 0)
		err = set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (err == 0 && !first)
		err = set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (err == 0 && (CADRE_FAULT("listener.bind") < 0 || bind(fd,
	    (struct sockaddr *)&l->sockaddr, l->sockaddr_bytes) < 0))
		err = -errno;
	if (err == 0 && first)
		err = port_learn(l, fd);
	return err;
}

/* A socket file that nobody answers on was left by a process that is gone. */
static int
unix_bind(const struct listener *l, int fd)
{
	const struct sockaddr_un *sun = (const struct sockaddr_un *)&l->sockaddr;
	const struct sockaddr *sa = (const struct sockaddr *)&l->sockaddr;
	struct stat st;
	int err, probe;

	if (bind(fd, sa, l->sockaddr_bytes) == 0)
		return 0;
	if (errno != EADDRINUSE || sun->sun_path[0] == '\0' ||
	    lstat(sun->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return -errno;
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (probe < 0)
		return -errno;
	err = connect(probe, sa, l->sockaddr_bytes) < 0 ? errno : 0;
	close(probe);
	if (err != ECONNREFUSED)
		return -EADDRINUSE;
	if (unlink(sun->sun_path) < 0 || bind(fd, sa, l->sockaddr_bytes) < 0)
		return -errno;
	return 0;
}

/*
 * The choice must stand before the first connection comes, and a program can
 * be attached before listen() only while SO_REUSEPORT is on; but listen() shall
 * fail if anybody is there, so for that moment it is off.
 */
static int
choice_begin(int fd, unsigned int wanted)
{
	unsigned int *seats;
	int err;

	seats = calloc(wanted, sizeof(*seats));
	if (seats == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; i < wanted; i++)
		seats[i] = i;
	err = set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (err == 0)
		err = spread_attach(fd, seats, wanted);
	free(seats);
	return err == 0 ? set(fd, SOL_SOCKET, SO_REUSEPORT, 0) : err;
}

/* `wanted`: of the first socket of a group, how many seats to begin with. */
static int
listen_on(const struct listener *l, int fd, unsigned int wanted)
{
	int err = 0;

	if (wanted > 0)
		err = choice_begin(fd, wanted);
	if (err == 0 && (CADRE_FAULT("listener.listen") < 0 ||
	    listen(fd, l->backlog) < 0))
		err = -errno;
	if (err == 0 && wanted > 0)
		err = set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	return err;
}

/* The file of a Unix socket that is not abstract. */
static void
unix_unlink(const struct listener *l)
{
	const struct sockaddr_un *sun = (struct sockaddr_un *)&l->sockaddr;

	if (l->family == AF_UNIX && sun->sun_path[0] != '\0')
		unlink(sun->sun_path);
}

static int
socket_open(struct listener *l, bool first, unsigned int wanted, int *ret_fd)
{
	int err, fd;

	fd = CADRE_FAULT("listener.socket") < 0 ? -1 :
	    socket(l->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = l->family == AF_UNIX ? unix_bind(l, fd) : tcp_bind(l, fd, first);
	if (err == 0) {
		err = listen_on(l, fd, wanted);
		if (err < 0)
			unix_unlink(l);
	}
	if (err < 0)
		close(fd);
	else
		*ret_fd = fd;
	return err;
}

int
listener_open(struct listener *l, unsigned int seats, unsigned int wanted)
{
	unsigned int n = l->spread ? seats : 1;
	int err = 0;

	l->fds = calloc(n, sizeof(*l->fds));
	if (l->fds == NULL)
		return -ENOMEM;
	l->sockaddr = l->asked;
	for (l->nfds = 0; l->nfds < n && err == 0;) {
		err = socket_open(l, l->nfds == 0,
		    l->nfds == 0 && n > 1 ? wanted : 0, &l->fds[l->nfds]);
		if (err == 0)
			l->nfds++;
	}
	if (err == 0)
		return 0;
	listener_close(l);
	if (err == -EADDRINUSE)
		return cadre__fail(err, "cannot listen on %s: somebody else "
		    "does; name another address, or stop them", l->address);
	return cadre__fail(err, "cannot listen on %s: %s%s", l->address,
	    strerror(-err), err == -EMFILE ? "; raise it with ulimit -n" :
	    err == -EACCES ? "; ports below 1024 need root or "
	    "CAP_NET_BIND_SERVICE" : "");
}

/* Any socket of the group will do; a worker may have locked its own. */
int
listener_choose(const struct listener *l, const unsigned int *seats,
    unsigned int n)
{
	int err = -EINVAL;

	for (unsigned int i = 0; i < l->nfds; i++) {
		err = spread_attach(l->fds[i], seats, n);
		if (err != -EPERM)
			break;
	}
	return err;
}

bool
listener_is_whole(const struct listener *l)
{
	int listens = 0;
	socklen_t bytes;

	for (unsigned int i = 0; i < l->nfds; i++) {
		bytes = sizeof(listens);
		if (getsockopt(l->fds[i], SOL_SOCKET, SO_ACCEPTCONN, &listens,
		    &bytes) == 0 && !listens)
			return false;
	}
	return true;
}

/*
 * A socket that was shut has left the group, and the last one has taken its
 * number. So all leave, and come back in the order of seats.
 */
int
listener_again(const struct listener *l, unsigned int wanted)
{
	static const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
	int err = 0;

	/* Unlike shutdown() this leaves no mark that connections inherit. */
	for (unsigned int i = 0; i < l->nfds; i++)
		(void)connect(l->fds[i], &nowhere, sizeof(nowhere));
	for (unsigned int i = 0; i < l->nfds && err == 0; i++) {
		/* One that was bound to port 0 has lost its port; others not. */
		if (bind(l->fds[i], (const struct sockaddr *)&l->sockaddr,
		    l->sockaddr_bytes) < 0 && errno != EINVAL)
			return -errno;
		err = listen_on(l, l->fds[i],
		    i == 0 && l->nfds > 1 ? wanted : 0);
	}
	return err;
}

void
listener_close(struct listener *l)
{
	if (l->nfds > 0)
		unix_unlink(l);
	for (unsigned int i = 0; i < l->nfds; i++)
		close(l->fds[i]);
	free(l->fds);
	l->fds = NULL;
	l->nfds = 0;
}

int
listener_fd(const struct listener *l, unsigned int seat)
{
	return l->fds[l->spread ? seat : 0];
}
