/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where apps are found: CADRE_RUNTIME_DIR, XDG_RUNTIME_DIR, names, and a file
 * system in which each call may fail. The input is the variables, a name, and
 * then what the kernel answers; whatever it is, no descriptor is left open.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cadre/error.h>

#include "shm/export.h"
#include "t/fuzz/fuzz.h"

#define FIRST_FD	100	/* none of these is a real one */
#define ENTRIES_MAX	8	/* of a directory */

static struct bytes in;
static uint64_t opened;		/* a bit for each descriptor */
static struct {
	char		*own, *xdg;	/* NULL: not set */
} variables;
static struct dirent listed;
static unsigned int entries;

/* 0, or -1 with an errno. */
static int
feed_result(void)
{
	static const int errs[] = { ENOENT, EACCES, ENOTDIR, ELOOP, EMFILE,
		ECONNREFUSED, EAGAIN, ENAMETOOLONG };
	unsigned int answer = input_byte(&in);

	errno = errs[answer / 8 % 8];
	return answer % 8 == 7 ? -1 : 0;
}

static int
feed_fd(void)
{
	int bit = 0;

	if (feed_result() < 0)
		return -1;
	while ((opened & UINT64_C(1) << bit) != 0)
		bit++;
	claim(bit < 16);
	opened |= UINT64_C(1) << bit;
	return FIRST_FD + bit;
}

static int
feed_is_open(int fd)
{
	claim(fd >= FIRST_FD && fd < FIRST_FD + 64);
	claim((opened & UINT64_C(1) << (fd - FIRST_FD)) != 0);
	return 0;
}

static int
feed_close(int fd)
{
	feed_is_open(fd);
	opened &= ~(UINT64_C(1) << (fd - FIRST_FD));
	return 0;
}

static int
feed_stat(int fd, struct stat *st)
{
	feed_is_open(fd);
	memset(st, 0, sizeof(*st));
	st->st_mode = input_byte(&in) % 2 == 0 ? S_IFSOCK : S_IFLNK;
	return feed_result();
}

static int
feed_connect(int fd, const struct sockaddr *to, socklen_t bytes)
{
	const struct sockaddr_un *sun = (const void *)to;

	feed_is_open(fd);
	claim(sun->sun_family == AF_UNIX && bytes <= sizeof(*sun));
	claim(memchr(sun->sun_path, '\0', sizeof(sun->sun_path)) != NULL);
	return feed_result();
}

static int
feed_lock(int fd, struct flock *lock)
{
	feed_is_open(fd);
	lock->l_type = input_byte(&in) % 2 == 0 ? F_UNLCK : F_WRLCK;
	lock->l_pid = (pid_t)input_word(&in, 4);
	return feed_result();
}

static DIR *
feed_opendir(void)
{
	static char any;
	int fd = feed_fd();

	if (fd < 0)
		return NULL;
	entries = 0;
	feed_close(fd);
	opened |= UINT64_C(1) << 63;
	return (DIR *)(void *)&any;
}

static struct dirent *
feed_readdir(void)
{
	char *name = input_text(&in);

	snprintf(listed.d_name, sizeof(listed.d_name), "%s", name);
	free(name);
	return entries++ < ENTRIES_MAX && in.left > 0 ? &listed : NULL;
}

static char *
feed_getenv(const char *name)
{
	return strcmp(name, "CADRE_RUNTIME_DIR") == 0 ? variables.own : variables.xdg;
}

#define open(path, flags)	((void)(path), feed_fd())
#define openat(dir, path, flags) (feed_is_open(dir), (void)(path), feed_fd())
#define socket(family, type, protocol) feed_fd()
#define close(fd)		feed_close(fd)
#define faccessat(dir, path, how, flags) (feed_is_open(dir), feed_result())
#define fstatat(dir, path, st, flags) feed_stat((dir), (st))
#define connect(fd, to, bytes)	feed_connect((fd), (to), (bytes))
#define fcntl(fd, what, lock)	feed_lock((fd), (lock))
#define opendir(path)		((void)(path), feed_opendir())
#define readdir(dir)		((void)(dir), feed_readdir())
#define dirfd(dir)		((void)(dir), FIRST_FD + 63)
#define closedir(dir)		((void)(dir), feed_close(FIRST_FD + 63))
#define getenv(name)		feed_getenv(name)
#include "shm/rundir.c"	/* NOLINT(bugprone-suspicious-include) */
#undef close

static void
bases(void)
{
	const char *tail[2] = { "", "" }, *want[2] = { variables.own, NULL };
	char got[2][256];
	int n, k = 0;

	memset(got, 0x55, sizeof(got));
	n = cadre__rundir_bases(got);
	if (variables.own == NULL || variables.own[0] == '\0') {
		want[0] = "/run";
		want[1] = variables.xdg;
		tail[0] = tail[1] = "/cadre";
	}
	for (int i = 0; i < 2; i++) {
		size_t bytes = want[i] != NULL ? strlen(want[i]) : 0;

		if (bytes == 0 || bytes + strlen(tail[i]) >= sizeof(got[0]))
			continue;
		claim(k < n && strncmp(got[k], want[i], bytes) == 0 &&
		    strcmp(got[k] + bytes, tail[i]) == 0);
		k++;
	}
	claim(k == n);
}

static void
each(const char *name, const char *dir, void *arg)
{
	size_t n = strlen(dir), bytes = strlen(name);

	claim(cadre__name_check(name) == 0 && bytes <= 47);
	claim(n > bytes && dir[n - bytes - 1] == '/' &&
	    strcmp(dir + n - bytes, name) == 0);
	++*(int *)arg;
}

static void
find(const char *name)
{
	char path[80];
	int dir, fd, pid = 1, err;

	dir = cadre__rundir_find(name, path, sizeof(path));
	if (dir < 0) {
		claim(text_is_clean(cadre_error(dir)) && dir > -4096);
		return;
	}
	claim(cadre__name_check(name) == 0 && strlen(path) < sizeof(path));
	fd = cadre__rundir_connect(dir);
	claim(fd >= FIRST_FD || fd < 0);
	if (fd >= 0)
		feed_close(fd);
	err = cadre__rundir_master(dir, &pid);
	claim(err <= 0 && (err == 0 || pid == 1));
	feed_close(dir);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int set;
	char *name;
	int n = 0;

	in = (struct bytes){ data, size };
	set = input_byte(&in);
	variables.own = (set & 1) != 0 ? input_text(&in) : NULL;
	variables.xdg = (set & 2) != 0 ? input_text(&in) : NULL;
	name = (set & 4) != 0 ? input_text(&in) : strdup("app");
	bases();
	claim(cadre__name_check(NULL) == -EINVAL);
	find(name);
	claim(cadre_region_list(each, &n) == n);
	claim(opened == 0);
	free(variables.own);
	free(variables.xdg);
	free(name);
	return 0;
}
