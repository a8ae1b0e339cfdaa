/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that fail; see nth.h. */
#include "t/lib/nth.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t/lib/tap.h"

#define WALK_MAX	2000	/* more than any operation makes of one call */

/* Shared with children, so that one of them can say that it has fired. */
static struct armed {
	const char	*call;		/* NULL: nothing is armed */
	unsigned int	left;
	int		err;
	bool		fired;
	pid_t		pid;		/* who armed it */
	bool		children;	/* it is for them, and not for who did */
} *armed;

static void
arm(const char *call, unsigned int n, int err, bool children)
{
	void *page = armed;

	if (armed == NULL) {
		page = mmap(NULL, sizeof(*armed), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (page == MAP_FAILED)
			bail_out("mmap: %s", strerror(errno));
	}
	armed = page;
	*armed = (struct armed){ n > 0 ? call : NULL, n, err, false, getpid(),
	    children };
}

void
nth_arm(const char *call, unsigned int n, int err)
{
	arm(call, n, err, false);
}

void
nth_arm_children(const char *call, unsigned int n, int err)
{
	arm(call, n, err, true);
}

void
nth_disarm(void)
{
	if (armed != NULL)
		armed->call = NULL;
}

bool
nth_fired(void)
{
	return armed->fired;
}

static bool
fails(const char *call)
{
	if (armed == NULL || armed->call == NULL || armed->left == 0 ||
	    strcmp(call, armed->call) != 0 ||
	    (armed->pid == getpid()) == armed->children || --armed->left > 0)
		return false;
	armed->fired = true;
	errno = armed->err;
	return true;
}

/*
 * X(as, function, what it returns then, its type, parameters, arguments): `as` is
 * the name it is armed by. With _FORTIFY_SOURCE some go by another name.
 */
#define CALLS(X)							\
	X("accept4", accept4, -1, int,					\
	    (int fd, struct sockaddr *a, socklen_t *n, int f), (fd, a, n, f)) \
	X("bind", bind, -1, int,					\
	    (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n)) \
	X("calloc", calloc, NULL, void *, (size_t n, size_t m), (n, m))	\
	X("chdir", chdir, -1, int, (const char *p), (p))		\
	X("close_range", close_range, -1, int,				\
	    (unsigned int a, unsigned int b, int f), (a, b, f))		\
	X("connect", connect, -1, int,					\
	    (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n)) \
	X("dup2", dup2, -1, int, (int a, int b), (a, b))			\
	X("epoll_create1", epoll_create1, -1, int, (int f), (f))	\
	X("epoll_ctl", epoll_ctl, -1, int,				\
	    (int e, int op, int fd, struct epoll_event *v), (e, op, fd, v)) \
	X("epoll_wait", epoll_wait, -1, int,				\
	    (int e, struct epoll_event *v, int n, int ms), (e, v, n, ms)) \
	X("eventfd", eventfd, -1, int, (unsigned int n, int f), (n, f))	\
	X("faccessat", faccessat, -1, int,				\
	    (int d, const char *p, int m, int f), (d, p, m, f))		\
	X("fallocate", fallocate, -1, int,				\
	    (int fd, int m, off_t o, off_t n), (fd, m, o, n))		\
	X("fchmod", fchmod, -1, int, (int fd, mode_t m), (fd, m))	\
	X("fchown", fchown, -1, int, (int fd, uid_t u, gid_t g), (fd, u, g)) \
	X("flock", flock, -1, int, (int fd, int op), (fd, op))		\
	X("fork", fork, -1, int, (void), ())				\
	X("fstat", fstat, -1, int, (int fd, struct stat *s), (fd, s))	\
	X("fstatat", fstatat, -1, int,					\
	    (int d, const char *p, struct stat *s, int f), (d, p, s, f)) \
	X("ftruncate", ftruncate, -1, int, (int fd, off_t n), (fd, n))	\
	X("getrlimit", getrlimit, -1, int,				\
	    (int r, struct rlimit *l), (r, l))				\
	X("getsockname", getsockname, -1, int,				\
	    (int fd, struct sockaddr *a, socklen_t *n), (fd, a, n))	\
	X("getsockopt", getsockopt, -1, int,				\
	    (int fd, int l, int o, void *v, socklen_t *n),		\
	    (fd, l, o, v, n))						\
	X("listen", listen, -1, int, (int fd, int n), (fd, n))		\
	X("madvise", madvise, -1, int, (void *p, size_t n, int a), (p, n, a)) \
	X("malloc", malloc, NULL, void *, (size_t n), (n))		\
	X("memfd_create", memfd_create, -1, int,			\
	    (const char *p, unsigned int f), (p, f))			\
	X("mkdir", mkdir, -1, int, (const char *p, mode_t m), (p, m))	\
	X("mkdirat", mkdirat, -1, int,					\
	    (int d, const char *p, mode_t m), (d, p, m))		\
	X("mmap", mmap, MAP_FAILED, void *,				\
	    (void *p, size_t n, int q, int f, int fd, off_t o),		\
	    (p, n, q, f, fd, o))					\
	X("opendir", opendir, NULL, DIR *, (const char *p), (p))	\
	X("pidfd_open", pidfd_open, -1, int, (int p, unsigned int f), (p, f)) \
	X("pipe2", pipe2, -1, int, (int *p, int f), (p, f))		\
	X("poll", poll, -1, int,					\
	    (struct pollfd *p, nfds_t n, int ms), (p, n, ms))		\
	X("poll", __poll_chk, -1, int,					\
	    (struct pollfd *p, nfds_t n, int ms, size_t m), (p, n, ms, m)) \
	X("read", read, -1, long, (int fd, void *p, size_t n), (fd, p, n)) \
	X("read", __read_chk, -1, long,					\
	    (int fd, void *p, size_t n, size_t m), (fd, p, n, m))	\
	X("readlinkat", readlinkat, -1, long,				\
	    (int d, const char *p, char *b, size_t n), (d, p, b, n))	\
	X("readlinkat", __readlinkat_chk, -1, long,			\
	    (int d, const char *p, char *b, size_t n, size_t m),	\
	    (d, p, b, n, m))						\
	X("realloc", realloc, NULL, void *, (void *p, size_t n), (p, n)) \
	X("recvmsg", recvmsg, -1, long,					\
	    (int fd, struct msghdr *m, int f), (fd, m, f))		\
	X("sched_setaffinity", sched_setaffinity, -1, int,		\
	    (pid_t p, size_t n, const cpu_set_t *s), (p, n, s))		\
	X("sendmsg", sendmsg, -1, long,					\
	    (int fd, const struct msghdr *m, int f), (fd, m, f))	\
	X("setenv", setenv, -1, int,					\
	    (const char *p, const char *v, int o), (p, v, o))		\
	X("setgroups", setgroups, -1, int,				\
	    (size_t n, const gid_t *g), (n, g))				\
	X("setpgid", setpgid, -1, int, (pid_t p, pid_t g), (p, g))	\
	X("setresgid", setresgid, -1, int,				\
	    (gid_t r, gid_t e, gid_t s), (r, e, s))			\
	X("setresuid", setresuid, -1, int,				\
	    (uid_t r, uid_t e, uid_t s), (r, e, s))			\
	X("setrlimit", setrlimit, -1, int,				\
	    (int r, const struct rlimit *l), (r, l))			\
	X("setsockopt", setsockopt, -1, int,				\
	    (int fd, int l, int o, const void *v, socklen_t n),		\
	    (fd, l, o, v, n))						\
	X("sigaction", sigaction, -1, int,				\
	    (int s, const struct sigaction *a, struct sigaction *o),	\
	    (s, a, o))							\
	X("signalfd", signalfd, -1, int,				\
	    (int fd, const void *s, int f), (fd, s, f))			\
	X("socket", socket, -1, int, (int d, int t, int p), (d, t, p))	\
	X("socketpair", socketpair, -1, int,				\
	    (int d, int t, int p, int *v), (d, t, p, v))		\
	X("strdup", strdup, NULL, char *, (const char *p), (p))		\
	X("timer_create", timer_create, -1, int,			\
	    (clockid_t c, struct sigevent *e, timer_t *t), (c, e, t))	\
	X("timerfd_create", timerfd_create, -1, int, (int c, int f), (c, f)) \
	X("timerfd_settime", timerfd_settime, -1, int,			\
	    (int fd, int f, const struct itimerspec *v,			\
	    struct itimerspec *o), (fd, f, v, o))

#define DEFINE(as, name, ret, type, params, args)			\
	type __real_##name params;					\
	type __wrap_##name params;					\
									\
	type								\
	__wrap_##name params						\
	{								\
		return fails(as) ? (ret) : __real_##name args;		\
	}

CALLS(DEFINE)

/*
 * These have arguments without a type; what is passed on is a word. That a
 * descriptor is open is no question that fails.
 */
#define DEFINE_WORD(name, params, args, last, may)			\
	int __real_##name params;					\
	int __wrap_##name params;					\
									\
	int								\
	__wrap_##name params						\
	{								\
		va_list ap;						\
		long word;						\
									\
		va_start(ap, last);					\
		word = va_arg(ap, long);				\
		va_end(ap);						\
		return (may) && fails(#name) ? -1 : __real_##name args;	\
	}

DEFINE_WORD(open, (const char *p, int f, ...), (p, f, word), f, true)
DEFINE_WORD(openat, (int d, const char *p, int f, ...), (d, p, f, word), f,
    true)
DEFINE_WORD(prctl, (int op, ...), (op, word, 0L, 0L, 0L), op, true)
DEFINE_WORD(fcntl, (int fd, int op, ...), (fd, op, word), op, op != F_GETFD)

static const struct {
	const char	*call;
	int		err;
} known[] = {
	{ "bind", EACCES },
	{ "calloc", ENOMEM },
	{ "connect", ECONNREFUSED },
	{ "epoll_create1", EMFILE },
	{ "epoll_ctl", ENOSPC },
	{ "faccessat", EACCES },
	{ "fallocate", ENOSPC },
	{ "fchmod", EPERM },
	{ "fchown", EPERM },
	{ "fcntl", EPERM },
	{ "flock", ENOLCK },
	{ "fork", EAGAIN },
	{ "fstat", EIO },
	{ "fstatat", EIO },
	{ "getrlimit", EPERM },
	{ "getsockname", ENOBUFS },
	{ "listen", EADDRINUSE },
	{ "madvise", EINVAL },
	{ "malloc", ENOMEM },
	{ "memfd_create", EMFILE },
	{ "mkdir", ENOSPC },
	{ "mkdirat", ENOSPC },
	{ "mmap", ENOMEM },
	{ "open", EMFILE },
	{ "openat", EMFILE },
	{ "opendir", EMFILE },
	{ "pidfd_open", EMFILE },
	{ "poll", ENOMEM },
	{ "read", EIO },
	{ "readlinkat", EIO },
	{ "realloc", ENOMEM },
	{ "recvmsg", ENOMEM },
	{ "sendmsg", ENOBUFS },
	{ "setsockopt", ENOPROTOOPT },
	{ "signalfd", EMFILE },
	{ "socket", EMFILE },
	{ "socketpair", EMFILE },
	{ "strdup", ENOMEM },
	{ "timerfd_create", EMFILE },
	{ "timerfd_settime", EINVAL },
};

#define HEAP_ROUNDS	12

/* What a process can leak, and the heap besides. */
struct holdings {
	size_t	maps;		/* bytes */
	int	fds;
	bool	children;
};

static int
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

/* Of objects, and of anonymous memory that nobody may write: what we map. */
static size_t
mapped(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	unsigned long from, to, inode;
	size_t bytes = 0;
	char line[512], mode[8];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%lx-%lx %7s %*s %*s %lu", &from, &to, mode,
		    &inode) == 4 && (strstr(line, "/memfd:") != NULL ||
		    (strcmp(mode, "r--p") == 0 && inode == 0)))
			bytes += to - from;
	if (f != NULL)
		fclose(f);
	return bytes;
}

static struct holdings
holdings(void)
{
	siginfo_t si;

	return (struct holdings){ mapped(), descriptors(),
	    waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == 0 };
}

static bool
same(const struct holdings *a, const struct holdings *b)
{
	return a->maps == b->maps && a->fds == b->fds &&
	    a->children == b->children;
}

static bool
swallowed(const struct nth_op *op, const char *call)
{
	for (int i = 0; op->swallows != NULL && op->swallows[i] != NULL; i++)
		if (strcmp(op->swallows[i], call) == 0 ||
		    strcmp(op->swallows[i], "*") == 0)
			return true;
	return false;
}

static bool
expected(const struct nth_op *op, const char *call, int err, int ret)
{
	if (ret >= 0)
		return swallowed(op, call);
	for (int i = 0; op->also != NULL && op->also[i] != 0; i++)
		if (op->also[i] == ret)
			return true;
	return ret == -err;
}

/* Once; what it gave. */
static int
run(const struct nth_op *op, const char *call, unsigned int n, int err)
{
	int ret;

	nth_arm(call, n, err);
	ret = op->run(op->arg);
	nth_disarm();
	if (ret >= 0)
		op->undo(op->arg);
	return ret;
}

/* Bytes in use; with ASan 0, but there LSan looks at the end. */
static size_t
heap(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/*
 * What malloc keeps for a thread counts as in use, but of a size it keeps few:
 * only a leak grows for ever.
 */
static bool
heap_grows(const struct nth_op *op, const char *call, unsigned int n, int err)
{
	size_t before = 0;

	for (int round = 0; round < HEAP_ROUNDS && heap() > before; round++) {
		before = heap();
		for (int i = 0; i < 8; i++)
			run(op, call, n, err);
	}
	return heap() > before;
}

unsigned int
nth_walk(const struct nth_op *op, const char *call, int err)
{
	struct holdings before, after;
	unsigned int n, bad = 0;
	size_t used;
	bool grows;
	int ret;

	/* What libc keeps for ever after the first time is no leak. */
	run(op, NULL, 0, 0);
	before = holdings();
	for (n = 1;; n++) {
		used = heap();
		ret = run(op, call, n, err);
		grows = heap() > used;
		after = holdings();
		if (!nth_fired() || n == WALK_MAX)
			break;
		grows = grows && heap_grows(op, call, n, err);
		if (expected(op, call, err, ret) && same(&before, &after) &&
		    !grows)
			continue;
		bad++;
		diag("%s %u: gave %d; left %d descriptors, %zd mapped, %d "
		    "children%s", call, n, ret, after.fds - before.fds,
		    after.maps - before.maps, after.children - before.children,
		    grows ? ", and some of the heap" : "");
		before = after;
	}
	if (n > 1 || ret < 0)
		ok(bad == 0 && ret >= 0, "%s: %u failures with %s, each "
		    "undone, and then success", call, n - 1,
		    strerrorname_np(err));
	return n - 1;
}

unsigned int
nth_walk_all(const struct nth_op *op)
{
	unsigned int n = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		n += nth_walk(op, known[i].call, known[i].err);
	return n;
}
