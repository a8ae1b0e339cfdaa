/* SPDX-License-Identifier: BSD-2-Clause */
/* What proc(5) tells of a process. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/proc.h"
#include "tools/text.h"

#define STARVES	0.5		/* processors */

static int
slurp(pid_t pid, const char *file, char *to, size_t room)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	n = read(fd, to, room - 1);
	if (n < 0)
		n = errno == ESRCH ? -ESRCH : -errno;
	close(fd);
	if (n >= 0)
		to[n] = '\0';
	return (int)n;
}

int
proc_read(pid_t pid, struct proc *ret_proc)
{
	uint64_t user, system;
	char text[1024], *after;
	struct proc p;
	long pages;
	int n, parent;

	n = slurp(pid, "stat", text, sizeof(text));
	if (n < 0)
		return n;
	/* The name, field 2, may hold anything, so start behind its ')'. */
	after = strrchr(text, ')');
	if (after == NULL)
		return -EPROTO;
	n = sscanf(after + 1, " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u"
	    " %" SCNu64 " %" SCNu64 " %*d %*d %*d %*d %*d %*d %" SCNu64
	    " %*u %ld", &p.state, &parent, &user, &system, &p.start, &pages);
	if (n != 6)
		return -EPROTO;
	p.parent = parent;
	p.cpu_ticks = user + system;
	p.rss_bytes = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
	*ret_proc = p;
	return 0;
}

int
proc_read_same(uint64_t pid, uint64_t start, struct proc *ret_proc)
{
	struct proc p;
	int err;

	if (pid == 0 || pid > INT_MAX)
		return -ESRCH;
	err = proc_read((pid_t)pid, &p);
	if (err < 0)
		return err;
	if (p.start != start || p.state == 'Z' || p.state == 'X')
		return -ESRCH;
	*ret_proc = p;
	return 0;
}

bool
proc_uids(pid_t pid, struct proc_uids *ret)
{
	char text[2048], *at;

	if (slurp(pid, "status", text, sizeof(text)) < 0 ||
	    (at = strstr(text, "\nUid:")) == NULL)
		return false;
	return sscanf(at + 5, "%u %u %u", &ret->real, &ret->effective,
	    &ret->saved) == 3;
}

bool
proc_can_be(const struct proc_uids *u, unsigned int uid)
{
	return u->real == uid || u->effective == uid || u->saved == uid ||
	    u->real == 0 || u->effective == 0 || u->saved == 0;
}

double
proc_cpu(const struct proc *before, const struct proc *now, uint64_t span_ns)
{
	double ticks = (double)sysconf(_SC_CLK_TCK);

	if (span_ns == 0 || now->cpu_ticks < before->cpu_ticks)
		return 0;
	return (double)(now->cpu_ticks - before->cpu_ticks) / ticks /
	    ((double)span_ns / 1e9);
}

bool
proc_starves(const struct proc *before, const struct proc *now,
    uint64_t span_ns)
{
	return now->state == 'R' && now->start == before->start &&
	    proc_cpu(before, now, span_ns) < STARVES;
}

void
proc_command(pid_t pid, char *name, size_t room)
{
	char comm[64];
	int n;

	n = slurp(pid, "comm", comm, sizeof(comm));
	if (n > 0 && comm[n - 1] == '\n')
		comm[n - 1] = '\0';
	text_escape(n > 0 ? comm : "?", sizeof(comm), name, room);
}
