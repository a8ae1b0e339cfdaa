/* SPDX-License-Identifier: BSD-2-Clause */
/* A configuration as a file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/stat.h>

#include "tools/gen.h"

int
gen_file(const char *path, const char *text, size_t n)
{
	char other[4096];
	struct stat st;
	int err = 0, fd;
	mode_t mask;
	FILE *f;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		fd = open(path, O_WRONLY | O_CLOEXEC);
	else if (snprintf(other, sizeof(other), "%s.XXXXXX", path) >=
	    (int)sizeof(other))
		return -ENAMETOOLONG;
	else
		fd = mkostemp(other, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	f = fdopen(fd, "w");
	if (f == NULL || fwrite(text, 1, n, f) != n || fflush(f) != 0)
		err = -errno;
	if (stat(path, &st) < 0 || S_ISREG(st.st_mode)) {
		umask(mask = umask(0));
		if (err == 0 && (fchmod(fd, 0666 & ~mask) < 0 ||
		    rename(other, path) < 0))
			err = -errno;
		if (err < 0)
			unlink(other);
	}
	if (f != NULL)
		fclose(f);
	return err;
}
