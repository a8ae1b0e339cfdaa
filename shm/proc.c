/* SPDX-License-Identifier: BSD-2-Clause */
/* The two facts of /proc that tell one process, and one boot, from another. */
#include "shm/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A small file of /proc, whole, ended by NUL. 0 or -errno. */
static int
slurp(const char *path, char *text, size_t bytes)
{
	ssize_t n;
	int fd, err;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, bytes - 1);
	err = n < 0 ? -errno : 0;
	close(fd);
	if (err == 0)
		text[n] = '\0';
	return err;
}

/* /proc/PID/stat from its third field on, the state. */
static int
stat_read(int pid, char *stat, size_t bytes, char **ret_fields)
{
	char path[32], *p;
	int err;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	err = slurp(path, stat, bytes);
	if (err < 0)
		return err == -ENOENT ? -ESRCH : err;
	/* The second field is a name in parentheses and may hold anything. */
	p = strrchr(stat, ')');
	if (p == NULL || p[1] != ' ')
		return -EPROTO;
	*ret_fields = p + 2;
	return 0;
}

char
cadre__proc_state(int pid)
{
	char stat[1024], *p;

	return stat_read(pid, stat, sizeof(stat), &p) < 0 || *p == '\0' ?
	    '?' : *p;
}

int
cadre__proc_start(int pid, uint64_t *ret_start)
{
	char stat[1024], *p;
	int err;

	err = stat_read(pid, stat, sizeof(stat), &p);
	if (err < 0)
		return err;
	if (*p == 'Z' || *p == 'X')
		return -ESRCH;
	for (int field = 3; field < 22; field++) {
		p = strchr(p, ' ');
#ifndef FUZZ_PLANT			/* a line that ends too soon */
		if (p == NULL)
			return -EPROTO;
#endif
		p++;
	}
	*ret_start = strtoull(p, NULL, 10);
	return 0;
}

int
cadre__proc_boot(uint8_t ret_id[16])
{
	char text[64] = "";
	uint8_t id[16];
	size_t n = 0;
	int err;

	err = slurp("/proc/sys/kernel/random/boot_id", text, sizeof(text));
	if (err < 0)
		return err;
	for (char *p = text; n < sizeof(id) && *p != '\0';) {
		unsigned int byte;

		if (*p == '-') {
			p++;
			continue;
		}
		if (sscanf(p, "%2x", &byte) != 1 || p[1] == '\0')
			return -EPROTO;
		id[n++] = (uint8_t)byte;
		p += 2;
	}
	if (n < sizeof(id))
		return -EPROTO;
	memcpy(ret_id, id, sizeof(id));
	return 0;
}
