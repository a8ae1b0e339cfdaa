/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runtime directory: which one a start would take, and whether it would do.
 * The choice is that of runtime/directory.c, without making anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>

#include <cadre/master.h>

#include "runtime/size.h"
#include "shm/rundir.h"
#include "tools/doctor.h"
#include "tools/text.h"

#define BASE_BYTES	256		/* as cadre__rundir_bases() */
#define NAME_BYTES	47		/* the longest name of an app */
#define LISTED		8		/* directories that are named */

/* BASE/NAME/notify-SLOT shall be the path of a socket: runtime/notify.c. */
#define NOTIFY_BYTES	(sizeof("/notify-8191") - 1)
#define SUN_PATH_BYTES	(sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

#define OWN_DIRECTORY	"mkdir -p -m 700 ~/.cadre && export " \
	"CADRE_RUNTIME_DIR=~/.cadre"

enum verdict {
	BASE_THERE,
	BASE_TO_MAKE,		/* by the first start */
	BASE_NOT_OURS,		/* the next one is tried */
	BASE_REFUSED,		/* a start fails */
};

struct place {
	char		base[BASE_BYTES];
	enum verdict	verdict;
	const char	*why;		/* of the last two */
	int		fd;		/* BASE_THERE; else -1 */
};

static bool
parent_writable(const char *base)
{
	char parent[BASE_BYTES], *slash;

	strcpy(parent, base);
	slash = strrchr(parent, '/');
	if (slash == NULL)
		strcpy(parent, ".");
	else
		slash[slash == parent] = '\0';
	return faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) == 0;
}

static enum verdict
not_opened(int err, const char *base, const char **ret_why)
{
	*ret_why = strerrordesc_np(err);
	if (err == ENOENT && parent_writable(base))
		return BASE_TO_MAKE;
	if (err == ELOOP || err == ENOTDIR)
		*ret_why = "a symlink, or no directory";
	return err == ENOENT || err == EACCES ? BASE_NOT_OURS : BASE_REFUSED;
}

static enum verdict
judge(int fd, const char **ret_why)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		*ret_why = strerrordesc_np(errno);
		return BASE_REFUSED;
	}
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		*ret_why = "it belongs to somebody else";
		return BASE_REFUSED;
	}
	if ((st.st_mode & 022) != 0 && (st.st_mode & S_ISVTX) == 0) {
		*ret_why = "others may write to it";
		return BASE_REFUSED;
	}
	if (faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return BASE_THERE;
	*ret_why = "this user may not write there";
	return BASE_NOT_OURS;
}

/* False: there is none to look at. What is left in fd is the caller's. */
static bool
choose(struct place *p)
{
	char bases[2][BASE_BYTES];
	int n = cadre__rundir_bases(bases);

	for (int i = 0; i < n; i++) {
		memcpy(p->base, bases[i], BASE_BYTES);
		p->why = "";
		p->fd = open(p->base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
		p->verdict = p->fd < 0 ? not_opened(errno, p->base, &p->why) :
		    judge(p->fd, &p->why);
		if (p->verdict == BASE_THERE)
			return true;
		if (p->fd >= 0)
			close(p->fd);
		p->fd = -1;
		if (p->verdict != BASE_NOT_OURS)
			return true;
	}
	return n > 0;
}

static void
place_free(struct place *p)
{
	if (p->fd >= 0)
		close(p->fd);
}

static void
directory(const struct patient *patient, struct finding *f)
{
	const char *own = getenv("CADRE_RUNTIME_DIR");
	struct place p = { .fd = -1 };

	(void)patient;
	if (!choose(&p)) {
		finding_set(f, FINDING_FAIL, own != NULL && own[0] != '\0' ?
		    "CADRE_RUNTIME_DIR is longer than %u bytes" :
		    "none: paths are over %u bytes", BASE_BYTES - 1);
		finding_means(f, "no app can start");
		finding_remedy(f, OWN_DIRECTORY);
		return;
	}
	if (p.verdict == BASE_THERE || p.verdict == BASE_TO_MAKE) {
		finding_set(f, FINDING_OK, "%s%s", text_line(p.base).s,
		    p.verdict == BASE_TO_MAKE ? ", which the first start makes" :
		    "");
		place_free(&p);
		return;
	}
	finding_set(f, FINDING_FAIL, "%s: %s", text_line(p.base).s, p.why);
	finding_means(f, "no app can start%s", p.verdict == BASE_REFUSED ? "" :
	    ", and there is no other place");
	finding_remedy(f, "%s", p.verdict == BASE_REFUSED ? "make it a "
	    "directory of this user and mode 755, or: " OWN_DIRECTORY :
	    OWN_DIRECTORY);
}

/* NULL, or what cannot be done there; errno says why. */
static const char *
socket_fails(int dir, const char *file)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *what = NULL;
	int fd;

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return "socket";
	snprintf(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d/%s", dir,
	    file);
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		what = "a socket";
	else
		unlinkat(dir, file, 0);
	close(fd);
	return what;
}

static const char *
locks_fail(int dir, const char *file)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	const char *what = NULL;
	int fd;

	fd = openat(dir, file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (fd < 0)
		return "a file";
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		what = "flock";
	else if (fcntl(fd, F_SETLK, &all) < 0)
		what = "an fcntl lock";
	unlinkat(dir, file, 0);
	close(fd);
	return what;
}

static void
filesystem(const struct patient *patient, struct finding *f)
{
	struct place p = { .fd = -1 };
	char file[32];
	const char *what;
	int err;

	(void)patient;
	if (!choose(&p) || p.verdict != BASE_THERE) {
		finding_set(f, FINDING_UNKNOWN, "it is not there yet, or not "
		    "ours");
		return;
	}
	/* No app's name begins with a dot, so no verb lists it. */
	snprintf(file, sizeof(file), ".doctor-%d", (int)getpid());
	what = locks_fail(p.fd, file);
	if (what == NULL)
		what = socket_fails(p.fd, file);
	err = errno;
	place_free(&p);
	if (what == NULL) {
		finding_set(f, FINDING_OK, "takes locks and sockets");
		return;
	}
	finding_set(f, FINDING_FAIL, "%s: %s", what, strerror(err));
	finding_means(f, "no app can start there");
	finding_remedy(f, "use a directory of a local file system, as /run is; "
	    "name it in CADRE_RUNTIME_DIR");
}

static void
space(const struct patient *patient, struct finding *f)
{
	uint64_t left, need = LOG_BYTES * (uint64_t)cadre_cpus(NULL);
	struct place p = { .fd = -1 };
	struct statvfs fs;
	int err = 0;

	(void)patient;
	if (!choose(&p) || p.verdict != BASE_THERE) {
		finding_set(f, FINDING_UNKNOWN, "it is not there yet, or not "
		    "ours");
		return;
	}
	if (fstatvfs(p.fd, &fs) < 0)
		err = errno;
	place_free(&p);
	if (err != 0) {
		finding_set(f, FINDING_UNKNOWN, "statvfs: %s", strerror(err));
		return;
	}
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	finding_set(f, FINDING_OK, "%s left; logs of -i max may take %s",
	    text_size(left).s, text_size(need).s);
	if (left >= need)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "what workers print may be lost");
	finding_remedy(f, "free some, or mount it larger");
}

static void
path(const struct patient *patient, struct finding *f)
{
	size_t name = patient->name != NULL ? strlen(patient->name) :
	    NAME_BYTES, used;
	struct place p = { .fd = -1 };

	if (!choose(&p)) {
		finding_set(f, FINDING_UNKNOWN, "there is none");
		return;
	}
	place_free(&p);
	used = strlen(p.base) + 1 + name + NOTIFY_BYTES;
	finding_set(f, FINDING_OK, "%zu bytes of %zu with %s", used,
	    SUN_PATH_BYTES, patient->name != NULL ? "this name" :
	    "the longest name");
	if (p.base[0] != '/')
		finding_add(f, ", but %s begins with no slash",
		    text_line(p.base).s);
	else if (used <= SUN_PATH_BYTES)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "notify sockets get abstract names%s: from another "
	    "network namespace a program cannot say READY=1",
	    patient->name != NULL || p.base[0] != '/' ? "" :
	    ", if an app's name is long");
	finding_remedy(f, "a short, absolute CADRE_RUNTIME_DIR");
}

struct left {
	struct finding	names;		/* its `found` collects them */
	unsigned int	n, held;
};

static void
left_each(const char *name, const char *dir, void *arg)
{
	struct left *left = arg;
	char pids[256];
	int fd, pid, n = -1;

	fd = open(dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	if (cadre__rundir_master(fd, &pid) == -ESRCH)
		n = cadre__rundir_holders(fd, pids, sizeof(pids));
	close(fd);
	if (n < 0 || left->n++ >= LISTED)
		return;
	finding_add(&left->names, "%s%s", left->n > 1 ? ", " : "",
	    text_line(name).s);
	if (n > 0) {
		left->held++;
		finding_add(&left->names, " (held by pid %s)", pids);
	}
}

static void
left_behind(const struct patient *p, struct finding *f)
{
	struct left left = { .n = 0 };

	(void)p;
	cadre_region_list(left_each, &left);
	if (left.n == 0) {
		finding_set(f, FINDING_OK, "none");
		return;
	}
	finding_set(f, FINDING_WARN, "%u without a master: %.400s%s", left.n,
	    left.names.found, left.n > LISTED ? " …" : "");
	finding_means(f, left.held > 0 ? "one that is held cannot be started "
	    "until its processes are gone" : "they take room, and ls lists "
	    "them as gone");
	finding_remedy(f, left.held > 0 ? "cadre doctor NAME, or kill them" :
	    "start them again, or rm -r their directories");
}

static const struct check checks[] = {
	{ "rundir",		"runtime directory",		directory },
	{ "rundir_fs",		"its file system",		filesystem },
	{ "rundir_space",	"room there",			space },
	{ "rundir_path",	"length of a notify socket's path", path },
	{ "left_behind",	"what is left of apps",		left_behind },
};
const struct ward ward_rundir = { checks, sizeof(checks) / sizeof(checks[0]) };
