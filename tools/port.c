/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP ports. Who holds one is found as lsof does: the inode of a listening
 * socket in /proc/net/tcp, then the process that has a descriptor of it.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "tools/port.h"
#include "tools/proc.h"

#define STATE_LISTEN	0x0A
#define INODES_MAX	256		/* sockets of one reuseport group */

static void
map_v4(struct in6_addr *to, const void *four)
{
	memset(to, 0, sizeof(*to));
	to->s6_addr[10] = to->s6_addr[11] = 0xff;
	memcpy(&to->s6_addr[12], four, 4);
}

bool
port_parse(const char *address, struct port *ret_port)
{
	char host[sizeof(ret_port->host)], *bare = host;
	struct in_addr four;
	const char *colon;
	struct port p = { .number = 0 };
	size_t n;

	colon = strrchr(address, ':');
	if (strncmp(address, "tcp:", 4) != 0 || colon == address + 3)
		return false;
	n = (size_t)(colon - (address + 4));
	if (n == 0 || n >= sizeof(host))
		return false;
	memcpy(host, address + 4, n);
	host[n] = '\0';
	memcpy(p.host, host, n + 1);
	if (host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = '\0';
		bare = host + 1;
	}
	if (strcmp(bare, "localhost") == 0)
		strcpy(bare, "127.0.0.1");
	else if (strcmp(bare, "*") == 0)
		strcpy(bare = host, "0.0.0.0");
	if (inet_pton(AF_INET, bare, &four) == 1)
		map_v4(&p.address, &four);
	else if (inet_pton(AF_INET6, bare, &p.address) == 1)
		p.v6 = true;
	else
		return false;
	p.number = (uint16_t)strtoul(colon + 1, NULL, 10);
	*ret_port = p;
	return true;
}

/*
 * With SO_REUSEADDR what lingers in TIME_WAIT is no holder; without
 * SO_REUSEPORT a listener is one even if it would share with us.
 */
int
port_probe(const struct port *p)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	int err, fd, on = 1;

	fd = socket(p->v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	six.sin6_port = four.sin_port = htons(p->number);
	six.sin6_addr = p->address;
	memcpy(&four.sin_addr, &p->address.s6_addr[12], 4);
	if (p->v6) {
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
		err = bind(fd, (struct sockaddr *)&six, sizeof(six));
	} else {
		err = bind(fd, (struct sockaddr *)&four, sizeof(four));
	}
	err = err < 0 ? -errno : 0;
	close(fd);
	return err;
}

int
port_next(const struct port *p, uint16_t *ret_number)
{
	struct port next = *p;
	int err = -EADDRINUSE;

	for (int i = 1; i <= PORT_TRIES && p->number + i <= UINT16_MAX &&
	    err == -EADDRINUSE; i++) {
		next.number = (uint16_t)(p->number + i);
		err = port_probe(&next);
	}
	if (err == 0)
		*ret_number = next.number;
	return err;
}

struct sockets {
	uint64_t	inode[INODES_MAX];
	unsigned int	n;
	unsigned int	uid;		/* of the first */
};

static bool
is_any(const struct in6_addr *a)
{
	static const uint8_t mapped[16] = { [10] = 0xff, [11] = 0xff };

	return memcmp(a, &in6addr_any, sizeof(*a)) == 0 ||
	    memcmp(a, mapped, sizeof(mapped)) == 0;
}

/* The kernel prints each 32-bit word of an address as a number of its own. */
static bool
hex_address(const char *hex, struct in6_addr *ret_address)
{
	uint32_t word[4];
	size_t words = strlen(hex) / 8;
	char part[9] = "";

	if (words != 1 && words != 4)
		return false;
	for (size_t i = 0; i < words; i++) {
		memcpy(part, hex + 8 * i, 8);
		word[i] = (uint32_t)strtoul(part, NULL, 16);
	}
	if (words == 1)
		map_v4(ret_address, word);
	else
		memcpy(ret_address, word, sizeof(word));
	return true;
}

static void
listeners(const struct port *p, const char *file, struct sockets *s)
{
	unsigned int port, state, uid;
	struct in6_addr address;
	char line[512], hex[40];
	uint64_t inode;
	FILE *f;

	f = fopen(file, "re");
	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, " %*d: %39[0-9A-F]:%x %*[0-9A-F]:%*x %x %*s"
		    " %*s %*x %u %*d %" SCNu64, hex, &port, &state, &uid,
		    &inode) != 5)
			continue;
		if (state != STATE_LISTEN || port != p->number ||
		    s->n == INODES_MAX || !hex_address(hex, &address))
			continue;
		if (!is_any(&address) && !is_any(&p->address) &&
		    memcmp(&address, &p->address, sizeof(address)) != 0)
			continue;
		if (s->n == 0)
			s->uid = uid;
		s->inode[s->n++] = inode;
	}
	fclose(f);
}

static bool
holds(pid_t pid, const struct sockets *s)
{
	char path[512], target[64];
	struct dirent *e;
	uint64_t inode;
	bool found = false;
	ssize_t n;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	d = opendir(path);
	if (d == NULL)
		return false;
	while (!found && (e = readdir(d)) != NULL) {
		n = readlinkat(dirfd(d), e->d_name, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		if (sscanf(target, "socket:[%" SCNu64 "]", &inode) != 1)
			continue;
		for (unsigned int i = 0; i < s->n && !found; i++)
			found = s->inode[i] == inode;
	}
	closedir(d);
	return found;
}

/* Forked workers hold it as well; the oldest is the one to speak to. */
static pid_t
oldest_holder(const struct sockets *s)
{
	uint64_t start = UINT64_MAX;
	struct dirent *e;
	struct proc p;
	pid_t best = 0, pid;
	DIR *d;

	d = opendir("/proc");
	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		pid = (pid_t)strtol(e->d_name, NULL, 10);
		if (holds(pid, s) && proc_read(pid, &p) == 0 &&
		    (p.start < start || (p.start == start && pid < best))) {
			start = p.start;
			best = pid;
		}
	}
	closedir(d);
	return best;
}

void
port_holder(const struct port *p, char *text, size_t room)
{
	const struct passwd *owner;
	struct sockets s = { .n = 0 };
	char name[64];
	pid_t pid;

	listeners(p, "/proc/net/tcp", &s);
	listeners(p, "/proc/net/tcp6", &s);
	pid = s.n > 0 ? oldest_holder(&s) : 0;
	if (pid > 0) {
		proc_command(pid, name, sizeof(name));
		snprintf(text, room, "pid %d (%s)", (int)pid, name);
	} else if (s.n > 0) {
		owner = getpwuid(s.uid);
		snprintf(text, room, "a process of user %s (uid %u) that "
		    "cannot be seen from here",
		    owner != NULL ? owner->pw_name : "?", s.uid);
	} else {
		snprintf(text, room, "a process that cannot be seen from here");
	}
}
