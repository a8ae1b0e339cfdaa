/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runtime directory of an app. Two locks guard it. `name` is an fcntl
 * lock: the kernel drops it when the master is gone, however that happened,
 * and a fork does not inherit it. `alive` is a flock on a description that
 * every worker inherits, so it lasts as long as anybody who may still serve.
 *
 * Whoever holds both owns everything in the directory and may replace it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "runtime/directory.h"
#include "shm/fail.h"
#include "shm/fault.h"
#include "shm/frame.h"
#include "shm/rundir.h"

#define MAKE_TRIES	8	/* a stopping master may remove it meanwhile */
#define SOCK_BACKLOG	64
#define SHARE_TRIES	100	/* a millisecond each */

static struct directory *held;	/* those whose locks this process has */

/* A directory that somebody else could swap under us is refused. */
static int
base_check(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((st.st_uid != 0 && st.st_uid != geteuid()) ||
	    ((st.st_mode & 022) != 0 && (st.st_mode & S_ISVTX) == 0))
		return cadre__fail(-EPERM, "runtime directory %s belongs to "
		    "somebody else or others may write to it; name one of "
		    "your own with CADRE_RUNTIME_DIR", path);
	return 0;
}

static int
base_open(const char *path, int *ret_fd)
{
	int err, fd;

	if (mkdir(path, 0755) < 0 && errno != EEXIST && errno != EROFS &&
	    errno != EACCES)
		return cadre__fail(-errno, "cannot make the runtime directory "
		    "%s: %s; name another with CADRE_RUNTIME_DIR", path,
		    strerror(errno));
	fd = CADRE_FAULT("directory.base") < 0 ? -1 :
	    open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		if (err == -ELOOP || err == -ENOTDIR)
			return cadre__fail(-ENOTDIR, "runtime directory %s is "
			    "a symlink or no directory; name the directory "
			    "itself with CADRE_RUNTIME_DIR", path);
		return cadre__fail(err, "cannot open the runtime directory "
		    "%s: %s; name another with CADRE_RUNTIME_DIR", path,
		    strerror(-err));
	}
	err = base_check(fd, path);
	if (err < 0) {
		close(fd);
		return err;
	}
	*ret_fd = fd;
	return 0;
}

static int
app_open(struct directory *d, const char *name, bool *made)
{
	struct stat st;
	int err;

	*made = CADRE_FAULT("directory.make") == 0 &&
	    mkdirat(d->base, name, 0750) == 0;
	if (!*made && errno != EEXIST) {
		err = -errno;
		return cadre__fail(err, "cannot make %s: %s; name another "
		    "runtime directory with CADRE_RUNTIME_DIR", d->path,
		    strerror(-err));
	}
	d->fd = openat(d->base, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (d->fd < 0) {
		err = -errno;
		if (err == -ELOOP || err == -ENOTDIR)
			return cadre__fail(-ENOTDIR, "%s is a symlink or no "
			    "directory; remove it", d->path);
		return cadre__fail(err, "cannot open %s: %s", d->path,
		    strerror(-err));
	}
	if (fstat(d->fd, &st) < 0)
		return -errno;
	if (st.st_uid != geteuid())
		return cadre__fail(-EPERM, "%s belongs to uid %u; use another "
		    "name", d->path, (unsigned int)st.st_uid);
	d->gid = st.st_gid;
	return 0;
}

/*
 * Whatever the umask, or an app before this one, made of it. Only by who has
 * the locks: --user opened that of a running app to its workers, and a start
 * that is refused must not shut it.
 */
static int
mode_set(const struct directory *d)
{
	return fchmod(d->fd, 0750) < 0 ? -errno : 0;
}

/* Mode 0600: who may read a file may lock it, and keep an app from starting. */
static int
file_open(const struct directory *d, const char *file, int *ret_fd)
{
	int err, fd;

	fd = CADRE_FAULT("directory.file") < 0 ? -1 : openat(d->fd, file,
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 && errno == ENOENT)
		return -ESTALE;		/* removed while we came in */
	if (fd < 0) {
		err = -errno;
		return cadre__fail(err, "cannot open %s/%s: %s", d->path, file,
		    strerror(-err));
	}
	*ret_fd = fd;
	return 0;
}

/* A lock of our own does not show: the kernel asks who else has one. */
static bool
is_ours(const struct directory *d)
{
	struct stat there, own;

	for (const struct directory *o = held; o != NULL; o = o->next)
		if (fstat(o->fd, &own) == 0 && fstat(d->fd, &there) == 0 &&
		    own.st_dev == there.st_dev && own.st_ino == there.st_ino)
			return true;
	return false;
}

/* `alive` is taken: by an app that runs, or by what is left of one. */
static int
taken(const struct directory *d, const char *name)
{
	char pids[1024];
	int n, pid = 0;

	if (is_ours(d))
		return cadre__fail(-EEXIST, "this process runs %s already; "
		    "use another name", name);
	if (cadre__rundir_master(d->fd, &pid) == 0)
		return cadre__fail(-EEXIST, "%s is already running (master pid "
		    "%d); stop it with: cadre stop %s", name, pid, name);
	n = cadre__rundir_holders(d->fd, pids, sizeof(pids));
	if (n == 0)
		return cadre__fail(-EEXIST, "workers of an earlier %s, whose "
		    "master is gone, still serve, and this user may not see "
		    "which; look as their user, or root", name);
	return cadre__fail(-EEXIST, "workers of an earlier %s, whose master is "
	    "gone, still serve, %d of them: pid %s; wait for them, or type: "
	    "kill %s", name, n, pids, pids);
}

static int
alive_lock(struct directory *d, const char *name)
{
	int err;

	err = file_open(d, "alive", &d->alive);
	if (err < 0)
		return err;
	if (CADRE_FAULT("directory.alive") == 0 &&
	    flock(d->alive, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return taken(d, name);
	return cadre__fail(-errno, "cannot lock %s/alive: %s", d->path,
	    strerror(errno));
}

/*
 * After `alive`: closing the file of a lock that another master of this very
 * process holds would drop that lock, so it must not even be opened then.
 */
static int
name_lock(struct directory *d)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int err;

	err = file_open(d, "name", &d->name);
	if (err < 0 || (CADRE_FAULT("directory.name") == 0 &&
	    fcntl(d->name, F_SETLK, &lock) == 0))
		return err;
	/* A master that ends has given up `alive`, and is about to go. */
	if (errno == EAGAIN || errno == EACCES)
		err = -ESTALE;
	else
		err = cadre__fail(-errno, "cannot lock %s/name: %s", d->path,
		    strerror(errno));
	return err;
}

static bool
is_same(int fd, int dirfd, const char *name)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 &&
	    fstatat(dirfd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

/* Both files must still be the ones in the directory, and it in its base. */
static bool
still_there(const struct directory *d, const char *name)
{
	return is_same(d->alive, d->fd, "alive") &&
	    is_same(d->name, d->fd, "name") && is_same(d->fd, d->base, name);
}

static void
directory_close(struct directory *d)
{
	int *fds[] = { &d->sock, &d->alive, &d->name, &d->fd, &d->base };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	for (struct directory **o = &held; *o != NULL; o = &(*o)->next)
		if (*o == d) {
			*o = d->next;
			break;
		}
}

/*
 * From the sole lock to one that workers can share. Not at once: for a moment
 * nobody has it, and another start may try it.
 */
static int
directory_share(struct directory *d)
{
	for (int i = 0; i < SHARE_TRIES; i++) {
		if (CADRE_FAULT("directory.share") == 0 &&
		    flock(d->alive, LOCK_SH | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK)
			break;
		poll(NULL, 0, 1);
	}
	return cadre__fail(-errno, "cannot lock %s/alive: %s", d->path,
	    strerror(errno));
}

static int
directory_try(struct directory *d, const char *base, const char *name)
{
	bool made = false, alone;
	int err;

	snprintf(d->path, sizeof(d->path), "%s/%s", base, name);
	err = base_open(base, &d->base);
	if (err == 0)
		err = app_open(d, name, &made);
	if (err == 0)
		err = alive_lock(d, name);
	alone = err == 0;		/* of those that are in there */
	if (err == 0)
		err = name_lock(d);
	if (err == 0 && !still_there(d, name))
		err = -ESTALE;		/* what stands there now is another's */
	if (err == 0)
		err = mode_set(d);
	if (err == 0)
		err = directory_share(d);
	if (err == 0) {
		d->next = held;
		held = d;
		return 0;
	}
	if (err == -ESTALE)
		poll(NULL, 0, 1);
	/* What a failed try made is taken back, unless another came in too. */
	if (alone && err != -ESTALE)
		unlinkat(d->fd, "name", 0);
	if ((alone || (made && err != -EEXIST)) && err != -ESTALE)
		unlinkat(d->fd, "alive", 0);
	if (made)
		unlinkat(d->base, name, AT_REMOVEDIR);	/* if it is empty */
	directory_close(d);
	return err;
}

int
directory_make(struct directory *d, const char *name)
{
	char bases[2][256];
	const char *own;
	int err = -ENOENT, n, tries;

	n = cadre__rundir_bases(bases);
	own = getenv("CADRE_RUNTIME_DIR");
	if (n == 0 && own != NULL && *own != '\0')
		return cadre__fail(-ENAMETOOLONG, "CADRE_RUNTIME_DIR is too "
		    "long: a path of up to %zu bytes can be used",
		    sizeof(bases[0]) - 1);
	if (n == 0)
		return cadre__fail(-ENOENT, "no runtime directory: /run/cadre "
		    "is not yours and XDG_RUNTIME_DIR is not set; type: mkdir "
		    "-p ~/.cadre && export CADRE_RUNTIME_DIR=~/.cadre");
	for (int i = 0; i < n; i++) {
		tries = 0;
		do
			err = directory_try(d, bases[i], name);
		while (err == -ESTALE && ++tries < MAKE_TRIES);
		/* Not ours to write: the next place may be. */
		if (err != -EACCES && err != -EROFS && err != -ENOENT)
			break;
	}
	return err;
}

int
directory_alive(const struct directory *d)
{
	int fd;

	fd = CADRE_FAULT("child.alive") < 0 ? -1 :
	    openat(d->fd, "alive", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) == 0)
		return fd;
	return d->alive;
}

int
directory_sock(struct directory *d)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int err, fd;

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* By descriptor: the path may be longer than sun_path. */
	snprintf(sun.sun_path, sizeof(sun.sun_path), "/proc/self/fd/%d/sock",
	    d->fd);
	unlinkat(d->fd, "sock", 0);
	cadre__frame_no_fds(fd);
	if (CADRE_FAULT("sock.bind") < 0 ||
	    bind(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0 ||
	    fchownat(d->fd, "sock", d->reader, d->gid, 0) < 0 ||
	    fchmodat(d->fd, "sock", 0660, 0) < 0 ||
	    CADRE_FAULT("sock.listen") < 0 || listen(fd, SOCK_BACKLOG) < 0) {
		err = -errno;
		close(fd);
		return cadre__fail(err, "cannot listen on %s/sock: %s", d->path,
		    strerror(-err));
	}
	d->sock = fd;
	return 0;
}

int
directory_logs(struct directory *d)
{
	int fd;

	if ((CADRE_FAULT("directory.logs") < 0 ||
	    mkdirat(d->fd, "log", 0750) < 0) && errno != EEXIST)
		return cadre__fail(-errno, "cannot make %s/log: %s", d->path,
		    strerror(errno));
	fd = openat(d->fd, "log",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	if (errno == ELOOP || errno == ENOTDIR)
		return cadre__fail(-ENOTDIR, "%s/log is a symlink or no "
		    "directory; remove it", d->path);
	return cadre__fail(-errno, "cannot open %s/log: %s", d->path,
	    strerror(errno));
}

/* What a master that was killed left of its workers: sockets, logs. */
static void
sweep(int dir, const char *below, const char *pattern)
{
	struct dirent *entry;
	DIR *d;
	int fd;

	fd = openat(dir, below,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	d = fd >= 0 ? fdopendir(fd) : NULL;
	while (d != NULL && (entry = readdir(d)) != NULL)
		if (fnmatch(pattern, entry->d_name, 0) == 0)
			unlinkat(dirfd(d), entry->d_name, 0);
	if (d != NULL)
		closedir(d);
	else if (fd >= 0)
		close(fd);
}

void
directory_remove(struct directory *d, const char *name)
{
	static const char *const files[] = { "sock", "name", "alive" };

	if (d->fd < 0)
		return;
	sweep(d->fd, ".", "notify-*");
	sweep(d->fd, "log", "*.log");
	unlinkat(d->fd, "log", AT_REMOVEDIR);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlinkat(d->fd, files[i], 0);
	CADRE_FAULT_AT("directory.remove");
	unlinkat(d->base, name, AT_REMOVEDIR);	/* stays if not empty */
	directory_close(d);
}
