/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel must be able to do. Versions prove little, for a container's
 * seccomp filter may refuse any call, and a distribution may have brought it
 * to an older kernel: so each is done, with the functions the master uses
 * where there are some.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "shm/clock.h"
#include "shm/object.h"
#include "tools/doctor.h"
#include "tools/text.h"

#ifndef F_SEAL_EXEC			/* Linux 6.3 */
#define F_SEAL_EXEC	0x0020
#endif

#define OBJECT_BYTES	65536
#define CHILD_MS	1000
#define CLOCK_CALLS	1000
#define CLOCK_BATCHES	8
#define CLOCK_SLOW_NS	500		/* a turn of a worker stamps it twice */

static void
release(const struct patient *p, struct finding *f)
{
	unsigned int major, minor;
	struct utsname u;

	(void)p;
	if (uname(&u) < 0 || sscanf(u.release, "%u.%u", &major, &minor) != 2) {
		finding_set(f, FINDING_UNKNOWN, "uname(2) tells no version");
		return;
	}
	finding_set(f, FINDING_OK, "Linux %s", text_line(u.release).s);
	if (major > 5 || (major == 5 && minor >= 10))
		return;
	f->state = FINDING_FAIL;
	finding_means(f, "cadre needs Linux 5.10");
	finding_remedy(f, "boot a newer kernel");
}

static void
word(const struct patient *p, struct finding *f)
{
	const uint16_t probe = 1;
	bool little = *(const unsigned char *)&probe == 1;

	(void)p;
	finding_set(f, FINDING_OK, "%zu bits, %s endian, pages of %ld bytes",
	    8 * sizeof(void *), little ? "little" : "big",
	    sysconf(_SC_PAGESIZE));
	if (sizeof(void *) == 8 && little)
		return;
	f->state = FINDING_FAIL;
	finding_means(f, "the region's words are 64 bits, little endian");
	finding_remedy(f, "build cadre for such a machine");
}

static void
proc(const struct patient *p, struct finding *f)
{
	char text[64];
	int n;

	(void)p;
	n = doctor_read("/proc/self/stat", text, sizeof(text));
	if (n >= 0) {
		finding_set(f, FINDING_OK, "mounted");
		return;
	}
	finding_set(f, FINDING_FAIL, "/proc/self/stat: %s", strerror(-n));
	finding_means(f, "no app can start: objects are reopened read-only by "
	    "way of /proc, and limits and processes cannot be looked at");
	finding_remedy(f, "mount -t proc proc /proc");
}

/* What an observer gets: a map that no mprotect turns writable. */
static int
object_read_only(int fd)
{
	void *map;
	int ro, err;

	ro = cadre__object_reopen(fd);
	if (ro < 0)
		return ro;
	err = cadre__object_map(ro, OBJECT_BYTES, PROT_READ, NULL, &map);
	close(ro);
	if (err < 0)
		return err;
	if (mprotect(map, OBJECT_BYTES, PROT_READ | PROT_WRITE) == 0)
		err = -ENOTRECOVERABLE;
	munmap(map, OBJECT_BYTES);
	return err;
}

static int
object_try(int *ret_seals)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	int fd, err;

	sigaction(SIGXFSZ, &ignore, &before);
	fd = cadre__object_new("cadre:doctor", OBJECT_BYTES);
	sigaction(SIGXFSZ, &before, NULL);
	if (fd < 0)
		return fd;
	*ret_seals = fcntl(fd, F_GET_SEALS);
	err = object_read_only(fd);
	if (err == 0 && ftruncate(fd, 0) == 0)
		err = -ENOTRECOVERABLE;
	close(fd);
	return err;
}

static void
object(const struct patient *p, struct finding *f)
{
	int err, seals = 0;

	(void)p;
	err = object_try(&seals);
	if (err < 0) {
		finding_set(f, FINDING_FAIL, "%s", err == -ENOTRECOVERABLE ?
		    "seals and read-only descriptors do not hold" :
		    strerror(-err));
		finding_means(f, "no app can start: its shared memory cannot "
		    "be made or protected");
		finding_remedy(f, err == -EFBIG ? "ulimit -f unlimited" :
		    err == -ENOENT ? "mount /proc" : REMEDY_SECCOMP
		    " (memfd_create, fallocate, fcntl)");
	} else if ((seals & F_SEAL_EXEC) == 0) {
		finding_set(f, FINDING_WARN, "sealed, filled, read-only for "
		    "others, but not sealed against execution");
		finding_means(f, "who may write an object may make it a "
		    "program");
		finding_remedy(f, "Linux 6.3 or later");
	} else
		finding_set(f, FINDING_OK, "sealed, filled, never executable, "
		    "read-only for others");
}

/* vm.memfd_noexec 2 refuses those that ask for nothing, and ours do ask. */
static void
memfd_noexec(const struct patient *p, struct finding *f)
{
	uint64_t v;
	int err;

	(void)p;
	err = doctor_number("/proc/sys/vm/memfd_noexec", &v);
	if (err == -ENOENT && access("/proc/sys/vm", F_OK) == 0)
		finding_set(f, FINDING_OK, "not there before Linux 6.3");
	else if (err < 0)
		finding_set(f, FINDING_UNKNOWN, "%s", strerror(-err));
	else
		finding_set(f, FINDING_OK, "%u%s", (unsigned int)v, v == 0 ?
		    "" : ": objects are made as it wants them");
}

/* A child that waits for our signal, or for our end. */
static pid_t
sleeper(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	for (;;)
		pause();
}

/* NULL, or the call that does not work; errno says why. */
static const char *
pidfd_fails(pid_t child)
{
	struct pollfd p = { .fd = pidfd_open(child, 0), .events = POLLIN };
	siginfo_t info = { .si_pid = 0 };
	const char *what = NULL;

	if (p.fd < 0)
		return "pidfd_open";
	if (pidfd_send_signal(p.fd, SIGKILL, NULL, 0) < 0)
		what = "pidfd_send_signal";
	else if (poll(&p, 1, CHILD_MS) != 1)
		what = "poll of a pidfd";
	else if (waitid(P_PIDFD, (id_t)p.fd, &info, WEXITED | WNOHANG |
	    WNOWAIT) < 0 || info.si_pid != child)
		what = "waitid by P_PIDFD";
	close(p.fd);
	return what;
}

static void
pidfd(const struct patient *p, struct finding *f)
{
	pid_t child = sleeper();
	const char *what;

	(void)p;
	if (child < 0) {
		finding_set(f, FINDING_UNKNOWN, "fork: %s", strerror(errno));
		return;
	}
	what = pidfd_fails(child);
	if (what == NULL)
		finding_set(f, FINDING_OK, "opened, signalled, waited for");
	else
		finding_set(f, FINDING_FAIL, "%s: %s", what, strerror(errno));
	kill(child, SIGKILL);
	(void)doctor_end_of(child);
	if (what == NULL)
		return;
	finding_means(f, "no worker can be forked: the master watches and "
	    "signals each by its pidfd");
	finding_remedy(f, REMEDY_SECCOMP " (pidfd_open, pidfd_send_signal, "
	    "waitid)");
}

static void
close_ranges(const struct patient *p, struct finding *f)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	int err;

	(void)p;
	if (fd < 0)
		fd = open("/", O_PATH | O_CLOEXEC);
	if (fd < 0) {
		finding_set(f, FINDING_UNKNOWN, "no descriptor to close: %s",
		    strerror(errno));
		return;
	}
	err = close_range((unsigned int)fd, (unsigned int)fd, 0) < 0 ? errno :
	    0;
	if (err == 0) {
		finding_set(f, FINDING_OK, "works");
		return;
	}
	close(fd);
	finding_set(f, FINDING_FAIL, "%s", strerror(err));
	finding_means(f, "no worker can be forked: what is not its own is "
	    "closed that way");
	finding_remedy(f, REMEDY_SECCOMP " (close_range)");
}

/* In a child: its grandchild, orphaned, must become its own child. */
static void __attribute__((noreturn))
subreaper_main(void)
{
	int status = 0;
	pid_t pid;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		_exit(errno);
	pid = fork();
	if (pid == 0) {
		pid = fork();
		_exit(pid == 0 ? 7 : pid < 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		_exit(EAGAIN);
	if (wait(&status) < 0)
		_exit(errno);
	_exit(WEXITSTATUS(status) == 7 ? 0 : ECHILD);
}

static void
subreaper(const struct patient *p, struct finding *f)
{
	int status;
	pid_t pid;

	(void)p;
	pid = fork();
	if (pid == 0)
		subreaper_main();
	status = pid < 0 ? -errno : doctor_end_of(pid);
	if (status == 0) {
		finding_set(f, FINDING_OK, "an orphan came to it");
		return;
	}
	if (status < 0 || status == EAGAIN << 8) {
		finding_set(f, FINDING_UNKNOWN, "fork: %s", strerror(status < 0 ?
		    -status : EAGAIN));
		return;
	}
	finding_set(f, FINDING_FAIL, "%s", WIFSIGNALED(status) ?
	    "the child was killed" : strerror(WEXITSTATUS(status)));
	finding_means(f, "what a program leaves running when it ends is not "
	    "found again");
	finding_remedy(f, REMEDY_SECCOMP " (prctl)");
}

static void
clock_cost(const struct patient *p, struct finding *f)
{
	static const char path[] = "/sys/devices/system/clocksource/"
	    "clocksource0/current_clocksource";
	uint64_t begin, best = UINT64_MAX, took;
	char source[64];

	(void)p;
	for (int i = 0; i < CLOCK_BATCHES; i++) {
		begin = clock_now_ns();
		for (int k = 0; k < CLOCK_CALLS; k++)
			(void)clock_now_ns();
		took = (clock_now_ns() - begin) / CLOCK_CALLS;
		if (took < best)
			best = took;
	}
	if (doctor_read(path, source, sizeof(source)) <= 0)
		strcpy(source, "not known");
	source[strcspn(source, "\n")] = '\0';
	finding_set(f, best <= CLOCK_SLOW_NS ? FINDING_OK : FINDING_WARN,
	    "%uns a call, clock source %s", (unsigned int)best,
	    text_line(source).s);
	if (f->state == FINDING_OK)
		return;
	finding_means(f, "each turn of a worker and each health record pays "
	    "for it");
	finding_remedy(f, "choose another of available_clocksource beside %s",
	    path);
}

static const struct check checks[] = {
	{ "kernel",		"release",			release },
	{ "word",		"size and byte order",		word },
	{ "proc",		"/proc",			proc },
	{ "memfd",		"sealed memory objects",	object },
	{ "memfd_noexec",	"vm.memfd_noexec",		memfd_noexec },
	{ "pidfd",		"pidfds of children",		pidfd },
	{ "close_range",	"close_range(2)",		close_ranges },
	{ "subreaper",		"PR_SET_CHILD_SUBREAPER",	subreaper },
	{ "clock",		"cost of CLOCK_MONOTONIC",	clock_cost },
};
const struct ward ward_kernel = { checks, sizeof(checks) / sizeof(checks[0]) };
