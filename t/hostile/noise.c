/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One act after another, drawn from a table. Most fail, as they should; none
 * looks whether it did.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/filter.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cadre/worker.h>

#include "shm/frame.h"
#include "t/hostile/noise.h"

#define FDS		48		/* it has fewer */
#define PIDS		100		/* around the master's */
#define SO_LAST		84
#define RARELY		500		/* of so many times, once */

static struct {
	uint64_t	state;		/* of random64() */
	char		*slot;
	size_t		bytes;
	int		slot_fd;	/* read-write, or -1 */
	int		notify;		/* connected, or -1 */
	pid_t		master;
} noise = { .slot_fd = -1, .notify = -1 };

static uint64_t
random64(void)
{
	noise.state ^= noise.state << 13;
	noise.state ^= noise.state >> 7;
	noise.state ^= noise.state << 17;
	return noise.state;
}

static int
below(int n)
{
	return (int)(random64() % (uint64_t)n);
}

static int
any_fd(void)
{
	return 3 + below(FDS);
}

static pid_t
any_pid(void)
{
	return noise.master + below(2 * PIDS) - PIDS;
}

static void
fill(void *to, size_t bytes)
{
	uint64_t *word = to;

	for (size_t i = 0; i < bytes / sizeof(*word); i++)
		word[i] = random64();
}

/* All of it, or one word that looks as if it belonged there. */
static void
slot_noise(void)
{
	uint64_t *word = (uint64_t *)(void *)noise.slot;
	size_t words = noise.bytes / sizeof(*word);

	if (below(8) == 0)
		fill(noise.slot, noise.bytes);
	else
		fill(noise.slot, 4096);
	word[random64() % words] = random64() >> below(64);
}

static void
slot_holes(void)
{
	off_t at = (off_t)(random64() % noise.bytes) & ~INT64_C(4095);
	int how = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, fd;
	char path[32];

	(void)madvise(noise.slot + at, 4096, MADV_REMOVE);
	if (noise.slot_fd >= 0) {
		(void)fallocate(noise.slot_fd, how, at, 4096);
		(void)!ftruncate(noise.slot_fd, at);
		(void)fcntl(noise.slot_fd, F_ADD_SEALS, F_SEAL_WRITE);
		(void)!pwrite(noise.slot_fd, path, sizeof(path), at);
	}
	/* Those that it may read only, opened again to write. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", any_fd());
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		(void)fallocate(fd, how, 0, 1 << 20);
		close(fd);
	}
}

/* O_NONBLOCK belongs to the description, which the master shares. */
static void
flags_noise(void)
{
	static const int flags[] = { 0, O_NONBLOCK, O_ASYNC, O_APPEND,
		O_ASYNC | O_NONBLOCK, O_DIRECT };

	(void)fcntl(any_fd(), F_SETFL, flags[below(6)]);
}

/* Signals of sockets, to somebody else: the master, or whom it stands near. */
static void
owner_noise(void)
{
	int fd = any_fd();

	(void)fcntl(fd, F_SETSIG, below(4) == 0 ? SIGKILL : SIGIO);
	(void)fcntl(fd, F_SETOWN, below(2) == 0 ? noise.master :
	    below(2) == 0 ? any_pid() : -any_pid());
	(void)fcntl(fd, F_SETFL, O_ASYNC);
}

static void
options_noise(void)
{
	struct linger l = { .l_onoff = 1, .l_linger = 60 };
	int fd = any_fd();
	uint32_t value[4];

	fill(value, sizeof(value));
	if (below(3) > 0)
		value[0] = (uint32_t)below(3);
	if (below(4) == 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	else
		(void)setsockopt(fd, below(4) == 0 ? 6 : SOL_SOCKET,
		    1 + below(SO_LAST), value, (socklen_t)(4 << below(3)));
	value[0] = 1U << below(31);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, value, sizeof(value[0]));
}

/* A program of the whole group: all connections to one seat, or to none. */
static void
choice_noise(void)
{
	struct sock_filter code[] = {
		{ BPF_RET | BPF_K, 0, 0, (uint32_t)below(8) },
	};
	struct sock_fprog program = { 1, code };

	(void)setsockopt(any_fd(), SOL_SOCKET, below(2) == 0 ?
	    SO_ATTACH_FILTER : SO_ATTACH_REUSEPORT_CBPF, &program,
	    sizeof(program));
}

static void
shut_noise(void)
{
	static const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	if (below(RARELY) == 0)
		(void)shutdown(any_fd(), below(3));
	if (below(RARELY) == 0)
		(void)connect(any_fd(), &nowhere, sizeof(nowhere));
	if (below(RARELY) == 0)
		(void)close(any_fd());
	(void)accept4(any_fd(), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static void
frames_noise(void)
{
	int fd = any_fd(), fds[252];
	struct cadre__frame frame;
	char body[512];

	fill(&frame, sizeof(frame));
	fill(body, sizeof(body));
	frame.type = (uint16_t)below(64);
	frame.length = (uint32_t)below(sizeof(body));
	for (size_t i = 0; i < 252; i++)
		fds[i] = below(3);
	/* Good ones, ones with descriptors, and bytes that are none. */
	if (below(4) == 0)
		(void)cadre__frame_send(fd, &frame, body, fds,
		    below(2) == 0 ? 252 : 1);
	else if (below(4) == 0)
		(void)!send(fd, body, (size_t)below(sizeof(body)),
		    MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		while (below(64) > 0 &&
		    cadre__frame_send(fd, &frame, body, NULL, 0) == 0)
			;
	(void)!recv(fd, body, sizeof(body), MSG_DONTWAIT);
}

static void
notify_noise(void)
{
	static const char *const said[] = { "READY=1", "READY=1\nSTOPPING=1",
		"", "FDSTORE=1", "MAINPID=1", "\n\n\n" };
	const char *text = said[below(6)];

	while (below(64) > 0 && send(noise.notify, text, strlen(text),
	    MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		;
}

static void
locks_noise(void)
{
	static const int how[] = { LOCK_UN, LOCK_SH, LOCK_EX };
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	int fd = any_fd();

	(void)flock(fd, how[below(3)] | LOCK_NB);
	(void)fcntl(fd, F_SETLK, &lock);
	(void)fcntl(fd, F_OFD_SETLK, &lock);
}

/* SIGCONT aside, which a session allows, and which harms nobody. */
static void
processes_noise(void)
{
	char word[8] = "";
	struct iovec ours = { word, sizeof(word) }, theirs = ours;
	char path[32];
	pid_t pid = below(4) == 0 ? noise.master : any_pid();
	int fd, signal = 1 + below(64);

	if (pid == getpid() || pid <= 1)
		return;
	(void)kill(below(2) == 0 ? pid : -pid, signal != SIGCONT ? signal :
	    SIGKILL);
	(void)ptrace(PTRACE_ATTACH, pid, NULL, NULL);
	(void)process_vm_writev(pid, &ours, 1, &theirs, 1, 0);
	fd = pidfd_open(pid, 0);
	if (fd >= 0) {
		(void)close(pidfd_getfd(fd, any_fd(), 0));
		close(fd);
	}
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	(void)setpgid(0, below(2) == 0 ? pid : 0);
}

/* It has left the group, keeps all descriptors, and goes on for a while. */
static void __attribute__((noreturn))
grandchild(void)
{
	struct timespec nap = { .tv_nsec = 1000000 };

	alarm(NOISE_CHILD_S);
	if (below(2) == 0)
		setsid();
	else
		setpgid(0, 0);
	for (;;) {
		frames_noise();
		if (noise.notify >= 0)
			notify_noise();
		flags_noise();
		nanosleep(&nap, NULL);
	}
}

static void
children_noise(void)
{
	if (below(RARELY) > 0)
		return;
	(void)prctl(PR_SET_CHILD_SUBREAPER, below(2));
	(void)prctl(PR_SET_PDEATHSIG, below(64));
	(void)prctl(PR_SET_NAME, "cadre)) R 1 1");
	if (fork() == 0)
		grandchild();
}

static void
log_noise(void)
{
	char text[512];

	if (below(RARELY) > 0)
		return;
	fill(text, sizeof(text));
	(void)!write(STDERR_FILENO, text, sizeof(text));
}

static void (*const acts[])(void) = {
	slot_holes, flags_noise, owner_noise, options_noise, choice_noise,
	shut_noise, frames_noise, notify_noise, locks_noise, processes_noise,
	children_noise, log_noise,
};

/* From here on it is somebody else. */
static void
uid_drop(void)
{
	struct rlimit few = { NOISE_CHILDREN, NOISE_CHILDREN };

	if (setrlimit(RLIMIT_NPROC, &few) < 0 || setgroups(0, NULL) < 0 ||
	    setresgid(NOISE_UID, NOISE_UID, NOISE_UID) < 0 ||
	    setresuid(NOISE_UID, NOISE_UID, NOISE_UID) < 0)
		_exit(99);
	(void)prctl(PR_SET_DUMPABLE, 1);	/* its /proc/self is its own */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);
}

void
noise_end(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		uid_drop();
		kill(-1, SIGKILL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void __attribute__((noreturn))
run(void)
{
	noise.state = (uint64_t)getpid() * UINT64_C(0x9e3779b97f4a7c15) | 1;
	for (;;) {
		slot_noise();
		for (int i = 0; i < 16; i++)
			acts[below((int)(sizeof(acts) / sizeof(acts[0])))]();
	}
}

/* The one map of ours that can be written and is shared. */
static void
slot_find(void)
{
	unsigned long from, to;
	char line[256];
	FILE *f = fopen("/proc/self/maps", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strstr(line, " rw-s ") != NULL &&
		    strstr(line, ":slot:") != NULL &&
		    sscanf(line, "%lx-%lx", &from, &to) == 2) {
			noise.slot = (char *)from;
			noise.bytes = to - from;
		}
	if (f != NULL)
		fclose(f);
	if (noise.slot == NULL)
		_exit(98);
}

void
noise_forked(struct cadre_worker *w)
{
	noise.master = getppid();
	slot_find();
	cadre_worker_ready(w);
	uid_drop();
	run();
}

static void
slot_fetch(int control)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_SLOT, .id = 1 };
	struct pollfd p = { .fd = control, .events = POLLIN };
	struct cadre__frame_slot slot;
	unsigned int n = CADRE_FRAME_SLOT_FDS;
	int fds[CADRE_FRAME_SLOT_FDS];

	if (cadre__frame_send(control, &frame, NULL, NULL, 0) < 0 ||
	    poll(&p, 1, 5000) != 1 || cadre__frame_recv(control, &frame, &slot,
	    sizeof(slot), fds, &n) < 0 || frame.type != CADRE_FRAME_SLOT)
		_exit(97);
	noise.slot_fd = fds[0];
	noise.bytes = slot.slot_bytes;
	noise.slot = mmap(NULL, noise.bytes, PROT_READ | PROT_WRITE,
	    MAP_SHARED, fds[0], 0);
	if (noise.slot == MAP_FAILED)
		_exit(96);
}

void
noise_program(void)
{
	const struct cadre__frame ready = { .type = CADRE_FRAME_READY };
	const char *path = getenv("NOTIFY_SOCKET");
	const char *control = getenv("CADRE_CONTROL");
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (control == NULL || path == NULL ||
	    strlen(path) >= sizeof(sun.sun_path))
		_exit(95);
	noise.master = getppid();
	strcpy(sun.sun_path, path);
	noise.notify = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (connect(noise.notify, (struct sockaddr *)&sun, sizeof(sun)) < 0)
		_exit(94);
	uid_drop();
	slot_fetch(atoi(control));
	(void)cadre__frame_send(atoi(control), &ready, NULL, NULL, 0);
	run();
}
