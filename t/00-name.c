/* t/00-name: an app's name is checked before it becomes a path, and no symlink is followed */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cadre/region.h>

#include "shm/rundir.h"
#include "t/lib/tap.h"

static const struct {
	const char *name;
	int want;
} names[] = {
	{ "web", 0 }, { "0", 0 }, { "a.b_c-D9", 0 },
	{ "12345678901234567890123456789012345678901234567", 0 },
	{ "123456789012345678901234567890123456789012345678", -EINVAL },
	{ "", -EINVAL }, { NULL, -EINVAL }, { ".", -EINVAL }, { "..", -EINVAL },
	{ ".web", -EINVAL }, { "-web", -EINVAL }, { "_web", -EINVAL },
	{ "a/b", -EINVAL }, { "a b", -EINVAL }, { "a\n", -EINVAL },
	{ "\xc3\xa4", -EINVAL },
};

static void
each(const char *name, const char *dir, void *arg)
{
	strcat(arg, name);
	strcat(arg, strrchr(dir, '/'));
}

int
main(void)
{
	char base[] = "/tmp/cadre-name-XXXXXX", path[256], found[128] = "";
	int fd;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		is_int(cadre__name_check(names[i].name), names[i].want,
		    "name %zu: %s", i, names[i].want ? "refused" : "good");
	if (mkdtemp(base) == NULL || chdir(base) < 0 ||
	    mkdir("real", 0750) < 0 || symlink("real", "link") < 0 ||
	    mkdir(".dot", 0750) < 0 || creat("real/name", 0600) < 0)
		bail_out("no directory to test in");
	setenv("CADRE_RUNTIME_DIR", base, 1);
	fd = cadre__rundir_find("real", path, sizeof(path));
	ok(fd >= 0, "a directory is found");
	ok(strncmp(path, base, strlen(base)) == 0 &&
	    strcmp(path + strlen(base), "/real") == 0, "its path: %s", path);
	is_int(cadre__rundir_connect(fd), -ENOENT, "it has no socket");
	close(fd);
	is_int(cadre__rundir_find("link", path, sizeof(path)), -ENOTDIR,
	    "a symlink is not");
	is_int(cadre__rundir_find("none", path, sizeof(path)), -ENOENT,
	    "nor what is not there");
	is_int(cadre__rundir_find("../x", path, sizeof(path)), -EINVAL,
	    "nor what leads out of it");
	if (geteuid() != 0) {
		chmod("real", 0);
		is_int(cadre__rundir_find("real", path, sizeof(path)), -EACCES,
		    "nor what may not be searched");
		chmod("real", 0750);
	} else
		skip(1, "root may search every directory");
	is_int(cadre_region_list(each, found), 1, "one app is listed");
	is_str(found, "real/real", "that is the directory");
	unlink("link");
	unlink("real/name");
	rmdir("real");
	rmdir(".dot");
	return rmdir(base) == 0 ? done_testing() : 1;
}
