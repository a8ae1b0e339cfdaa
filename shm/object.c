/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A memory object: memory behind a descriptor. Its size never changes and all
 * its pages are there from the start, so no access to a map of it can raise
 * SIGBUS; and whoever has only a read-only descriptor can never write it: the
 * kernel refuses a writable map and an mprotect of a read-only one.
 */
#include "shm/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shm/fault.h"

#ifndef MFD_NOEXEC_SEAL			/* Linux 6.3 */
#define MFD_NOEXEC_SEAL	0x0008U
#endif

/*
 * Not F_SEAL_FUTURE_WRITE: an upgraded master and a worker that was exec'd
 * map anew what they may write.
 */
#define OBJECT_SEALS	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

static int
object_fill(int fd, size_t bytes)
{
	int err;

	/* 0600 first: from here on nobody else can reopen it. */
	if (fchmod(fd, 0600) < 0)
		return -errno;
	do
		err = CADRE_FAULT("object.fallocate") < 0 ||
		    fallocate(fd, 0, 0, (off_t)bytes) < 0 ? -errno : 0;
	while (err == -EINTR);
	if (err == 0 && (CADRE_FAULT("object.seal") < 0 ||
	    fcntl(fd, F_ADD_SEALS, OBJECT_SEALS) < 0))
		err = -errno;
	return err;
}

int
cadre__object_new(const char *name, size_t bytes)
{
	unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd, err;

	fd = CADRE_FAULT("object.memfd") < 0 ? -1 :
	    memfd_create(name, flags | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)	/* an older kernel */
		fd = memfd_create(name, flags);
	if (fd < 0)
		return -errno;
	err = object_fill(fd, bytes);
	if (err < 0) {
		close(fd);
		return err;
	}
	return fd;
}

int
cadre__object_reopen(int fd)
{
	char path[32];
	int ro;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ro = CADRE_FAULT("object.reopen") < 0 ? -1 :
	    open(path, O_RDONLY | O_CLOEXEC);
	return ro < 0 ? -errno : ro;
}

int
cadre__object_check(int fd, size_t *ret_bytes)
{
	struct stat st;
	int seals, mode;

	seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || (seals & F_SEAL_SHRINK) == 0)
		return -EPROTO;
	mode = fcntl(fd, F_GETFL);
	if (mode < 0 || (mode & O_ACCMODE) == O_WRONLY)
		return -EPROTO;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0)
		return -EPROTO;
	*ret_bytes = (size_t)st.st_size;
	return 0;
}

int
cadre__object_map(int fd, size_t bytes, int prot, void *at, void **ret_map)
{
	void *map;

	map = CADRE_FAULT("object.map") < 0 ? MAP_FAILED : mmap(at, bytes, prot,
	    MAP_SHARED | (at != NULL ? MAP_FIXED : 0), fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	*ret_map = map;
	return 0;
}
