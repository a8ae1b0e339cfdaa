/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An open descriptor keeps a file that was renamed over, so a worker that dies
 * while a new version lies there, or after a reload to it has failed, is
 * followed by one of the version that serves. By its path, while it stands
 * there: then the process has its usual name. A file that is written over in
 * place is another one in the same file; while it runs the kernel refuses that.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/image.h"
#include "shm/fault.h"

/*
 * What may be run but not read is taken for a script: it is run by its path.
 * 1, 0, or -errno.
 */
static int
is_elf(const char *path, const struct stat *opened)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char head[SELFMAG];
	struct stat st;
	bool elf;

	if (fd < 0)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ?
		    -errno : 0;
	elf = fstat(fd, &st) == 0 && st.st_ino == opened->st_ino &&
	    st.st_dev == opened->st_dev &&
	    read(fd, head, sizeof(head)) == (ssize_t)sizeof(head) &&
	    memcmp(head, ELFMAG, SELFMAG) == 0;
	close(fd);
	return elf;
}

int
image_open(struct image *ret_image, const char *path)
{
	struct stat st;
	int err, elf, fd;

	fd = CADRE_FAULT("image.open") < 0 ? -1 :
	    open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (CADRE_FAULT("image.stat") < 0 || fstat(fd, &st) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	elf = is_elf(path, &st);
	if (elf < 0) {
		close(fd);
		return elf;
	}
	*ret_image = (struct image){ .fd = fd, .dev = st.st_dev,
	    .ino = st.st_ino, .kept = elf };
	return 0;
}

void
image_close(struct image *image)
{
	if (image->fd >= 0)
		close(image->fd);
	*image = (struct image)IMAGE_NONE;
}

bool
image_differs(const struct image *a, const struct image *b)
{
	return a->ino != b->ino || a->dev != b->dev;
}

int
image_exec(const struct image *image, int fd, const char *path,
    char *const *argv, char *const *env)
{
	struct stat st;

	if (image->kept && (stat(path, &st) < 0 || st.st_ino != image->ino ||
	    st.st_dev != image->dev))
		execveat(fd, "", argv, env, AT_EMPTY_PATH);
	else
		execve(path, argv, env);
	return -errno;
}
