/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that a master exec'd takes its seat: it asks over the control
 * channel that its environment names, and is sent the right to write one
 * slot. The answer goes to the process that the master started and to no
 * other; the slot is mapped so that a fork does not carry it on, and the
 * descriptor closed.
 */
#include "runtime/export.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/socket.h>

#include "runtime/question.h"
#include "runtime/size.h"
#include "runtime/trusted.h"
#include "runtime/worker.h"
#include "shm/atomic.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"
#include "shm/object.h"
#include "shm/region.h"

#define FIRST_FD	3		/* of LISTEN_FDS */
#define ACCEPTOR_AT	4		/* in the descriptors of a SLOT frame */

static const char *const variables[] = {
	"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "CADRE_PID",
	"CADRE_CONTROL", "CADRE_MESSAGES",
};

static bool attached;			/* once in a process, … */
/* … which it is then: kept here, so that it is lost to no leak checker. */
static struct cadre_worker *worker __attribute__((used));
static struct cadre_region *region;	/* the others, if they are needed */
static char shed[CADRE_SHED_BYTES];

/* A whole number between these, and nothing else. */
static int
number(const char *variable, long low, long high, long *ret_number)
{
	const char *text = getenv(variable);
	char *end;
	long n;

	if (text == NULL)
		return -ENOENT;
	errno = 0;
	n = strtol(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 ||
	    n < low || n > high)
		return cadre__fail(-EINVAL, "%s in the environment is %.32s, "
		    "not %ld to %ld", variable, text, low, high);
	*ret_number = n;
	return 0;
}

/* That descriptor must be what the master put there. */
static int
channel_fd(const char *variable, int *ret_fd)
{
	int type = 0, err;
	socklen_t bytes = sizeof(type);
	long n = 0;

	err = number(variable, FIRST_FD, INT_MAX, &n);
	if (err < 0)
		return err;
	if (getsockopt((int)n, SOL_SOCKET, SO_TYPE, &type, &bytes) < 0 ||
	    type != SOCK_SEQPACKET)
		return cadre__fail(-EINVAL, "%s in the environment names "
		    "descriptor %ld, which is closed or something else",
		    variable, n);
	*ret_fd = (int)n;
	return 0;
}

static int
listeners_find(struct worker_birth *birth)
{
	long n = 0;
	int err;

	err = number("LISTEN_FDS", 1, CADRE_LISTENERS_MAX, &n);
	if (err == -ENOENT)
		return 0;
	if (err < 0)
		return err;
	for (long i = 0; i < n; i++)
		birth->listeners[birth->nlisteners++].queue = FIRST_FD + (int)i;
	return 0;
}

/*
 * Asked before the master is: its answer goes into a socket that children
 * have too, and whoever reads first has it.
 */
static int
pid_check(void)
{
	long pid = 0;
	int err;

	err = number("CADRE_PID", 1, INT_MAX, &pid);
	if (err == -ENOENT)
		return cadre__fail(-EINVAL, "CADRE_PID is not set, and "
		    "CADRE_CONTROL is");
	if (err == 0 && pid != (long)getpid())
		err = cadre__fail(-EPERM, "the master started process %ld, "
		    "and this is %d: a wrapper script must exec the program",
		    pid, (int)getpid());
	return err;
}

/* What the environment says; nothing is changed yet. */
static int
birth_find(struct worker_birth *birth)
{
	int err;

	err = channel_fd("CADRE_CONTROL", &birth->control);
	if (err == -ENOENT)
		return cadre__fail(err, "no master started this process "
		    "(CADRE_CONTROL is not set); type: cadre run -- PROGRAM");
	if (err == 0)
		err = channel_fd("CADRE_MESSAGES", &birth->messages);
	if (err == -ENOENT)
		return cadre__fail(-EINVAL, "CADRE_MESSAGES is not set, and "
		    "CADRE_CONTROL is");
	if (err == 0)
		err = pid_check();
	return err == 0 ? listeners_find(birth) : err;
}

/* From here on it is ours: no child of ours gets it by exec. */
static void
birth_claim(const struct worker_birth *birth)
{
	for (unsigned int i = 0; i < birth->nlisteners; i++)
		(void)fcntl(birth->listeners[i].queue, F_SETFD, FD_CLOEXEC);
	(void)fcntl(birth->control, F_SETFD, FD_CLOEXEC);
	(void)fcntl(birth->messages, F_SETFD, FD_CLOEXEC);
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
}

/* A libcadre of another layout would write where others do not read. */
static int
anchor_check(const void *map)
{
	const struct cadre_shm_header *h = map;

	if (shm_load(&h->magic) != CADRE_LAYOUT_MAGIC)
		return cadre__fail(-EPROTO, "the anchor is none");
	if (h->abi_major != CADRE_LAYOUT_MAJOR ||
	    h->abi_minor != CADRE_LAYOUT_MINOR ||
	    h->feature_needed != 0 || h->feature_write != 0)
		return cadre__fail(-EPROTO, "the master's region is of layout "
		    "%u.%u, this program writes %u.%u: build both with one "
		    "cadre", h->abi_major, h->abi_minor, CADRE_LAYOUT_MAJOR,
		    CADRE_LAYOUT_MINOR);
	return 0;
}

static int
object_take(int fd, uint64_t bytes, int prot, void **ret_map)
{
	size_t there = 0;
	int err;

	err = cadre__object_check(fd, &there);
	if (err == 0 && there != bytes)
		err = -EPROTO;
	if (err < 0)
		return cadre__fail(err, "the master sent something else than "
		    "its region");
	return cadre__object_map(fd, there, prot, NULL, ret_map);
}

int
attach_region(const struct cadre_region **ret_region)
{
	const char *name = getenv("CADRE_NAME");
	int err = 0;

	if (region == NULL)
		err = name != NULL ? cadre_region_open(name, &region) : -ENOENT;
	*ret_region = region;
	return err;
}

/* For a gate or a limit of the whole app, which nobody keeps without. */
static int
peers_find(const struct cadre__frame_slot *slot, struct worker_birth *birth)
{
	bool needs = slot->app_limit > 0;
	const struct cadre_region *all;
	int err;

	for (unsigned int i = 0; i < birth->nlisteners; i++)
		needs |= slot->modes[i] == LISTENER_GATE;
	if (!needs)
		return 0;
	err = attach_region(&all);
	/* A gate does without: one who sees nobody never steps out. */
	if (err < 0)
		return slot->app_limit > 0 ? err : 0;
	birth->slots = all->slot;
	birth->nslots = all->nslots;
	birth->rows = all->part[PART_SLOTS].offset;
	birth->table = all->anchor;
	return 0;
}

/* Modes, limits, and where connections come from. */
static int
intakes_take(const struct cadre__frame_slot *slot, const int *fds,
    struct worker_birth *birth)
{
	void *acceptor = NULL;
	int err;

	if (slot->listeners != birth->nlisteners ||
	    slot->shed_bytes > sizeof(shed) ||
	    slot->busy_poll_us > BUSY_POLL_US_MAX)
		return -EPROTO;
	for (unsigned int i = 0; i < birth->nlisteners; i++)
		if (!trusted_is_whole(&slot->trusted[i]))
			return -EPROTO;
	err = object_take(fds[ACCEPTOR_AT], slot->acceptor_bytes, PROT_READ,
	    &acceptor);
	if (err < 0)
		return err;
	birth->slot_number = CADRE_SLOTS_PER_SEAT * slot->seat + slot->slot;
	birth->assigned = (const struct cadre_shm_assigned *)(const void *)
	    ((const char *)acceptor + slot->assigned) + birth->slot_number;
	for (unsigned int i = 0; i < birth->nlisteners; i++) {
		struct intake_birth *in = &birth->listeners[i];

		in->mode = (enum listener_mode)slot->modes[i];
		in->trusted = slot->trusted[i];
		in->handover = fds[CADRE_FRAME_SLOT_FDS + i];
		/* The same socket, once more, so that numbers are kept. */
		if (listener_mode_hands(in->mode))
			in->queue = -1;
	}
	memcpy(shed, slot->shed, slot->shed_bytes);
	birth->limits = (struct intake_limits){
		.worker = slot->worker_limit,
		.app = slot->app_limit,
		.shed = slot->overload == CADRE_OVERLOAD_SHED,
		.bytes = shed,
		.n = slot->shed_bytes,
	};
	return 0;
}

/*
 * fds[0] is the slot to write, fds[1] the anchor, fds[4] the acceptor's object
 * and behind it our ends of the hand-overs; the others are for observers that
 * come when the master is dead, and stay open as all of these.
 */
static int
region_take(const struct cadre__frame_slot *slot, const int *fds,
    struct worker_birth *birth)
{
	void *anchor = NULL;
	int err;

	err = object_take(fds[1], slot->anchor_bytes, PROT_READ, &anchor);
	if (err == 0)
		err = anchor_check(anchor);
	if (err == 0)
		err = object_take(fds[0], slot->slot_bytes,
		    PROT_READ | PROT_WRITE, &birth->slot);
	/* One writer: what this process forks must not be another. */
	if (err == 0 && (CADRE_FAULT("attach.slot") < 0 ||
	    madvise(birth->slot, slot->slot_bytes, MADV_DONTFORK) < 0))
		err = -errno;
	if (err < 0 && birth->slot != NULL)
		munmap(birth->slot, slot->slot_bytes);
	if (err < 0 && anchor != NULL)
		munmap(anchor, slot->anchor_bytes);
	if (err < 0)
		return err;
	birth->anchor = anchor;
	birth->slot_bytes = slot->slot_bytes;
	birth->seat = slot->seat;
	birth->generation = slot->generation;
	birth->health_interval_ns = slot->health_interval_ns;
	birth->drain_ns = slot->drain_ns;
	birth->held = slot->held != 0;
	birth->busy_poll_ns = slot->busy_poll_us * NS_PER_US;
	birth->messages_limits = slot->messages;
	return intakes_take(slot, fds, birth);
}

static int
slot_ask(struct worker_birth *birth, struct question *q)
{
	struct channel c = { .fd = birth->control };
	int err;

	*q = (struct question){
		.request = { .type = CADRE_FRAME_SLOT, .id = question_id() },
		.type = CADRE_FRAME_SLOT,
		.bytes = sizeof(q->answer.slot),
	};
	err = question_ask(&c, q);
	channel_drop(&c);
	if (err == 0)
		err = q->nfds == CADRE_FRAME_SLOT_FDS + birth->nlisteners ?
		    region_take(&q->answer.slot, q->fds, birth) : -EPROTO;
	question_close(q->fds, err < 0 ? q->nfds : 1);
	return err;
}

int
cadre_worker_attach(struct cadre_worker **ret_worker)
{
	struct worker_birth birth = { .master = getppid(), .exec = true };
	struct question q;
	int err;

	if (attached)
		return cadre__fail(-EALREADY, "this process has attached");
	err = birth_find(&birth);
	if (err == 0)
		err = slot_ask(&birth, &q);
	if (err < 0)
		return err;
	attached = true;
	err = peers_find(&q.answer.slot, &birth);
	birth_claim(&birth);
	sigprocmask(SIG_BLOCK, NULL, &birth.mask);
	if (err == 0)
		err = worker_begin(&birth);
	if (err < 0)
		question_close(q.fds + 1, q.nfds - 1);
	if (err < 0)
		return cadre__fail(err, "cannot become a worker: %s",
		    strerror(-err));
	worker = birth.worker;
	question_drain(worker, &q);
	*ret_worker = worker;
	return 0;
}

static int
declare(struct cadre_worker *w, uint32_t kind, const char *name,
    const char *unit, const char *help, void **ret_word)
{
	struct cadre__frame_declare row = { .kind = kind };
	struct question q = {
		.request = { .type = CADRE_FRAME_DECLARE, .id = question_id(),
		    .length = sizeof(row) },
		.body = &row,
		.worker = w,
		.type = CADRE_FRAME_DECLARED,
		.bytes = sizeof(q.answer.offset),
	};
	int err;

	if (!worker_attached(w))
		return cadre__fail(-EPERM, "the master of a forked worker "
		    "declares its metrics");
	if (name == NULL || strlen(name) >= sizeof(row.name) ||
	    (unit != NULL && strlen(unit) >= sizeof(row.unit)))
		return cadre__fail(-EINVAL, "a metric's name is 1 to 63 "
		    "letters, digits or _, its unit up to 15 bytes");
	strcpy(row.name, name);
	strcpy(row.unit, unit != NULL ? unit : "");
	strncpy(row.help, help != NULL ? help : "", sizeof(row.help) - 1);
	err = question_ask(worker_control(w), &q);
	question_close(q.fds, q.nfds);
	question_drain(w, &q);
	return err == 0 ? worker_word(w, q.answer.offset, ret_word) : err;
}

int
cadre_worker_counter(struct cadre_worker *w, const char *name,
    const char *unit, const char *help, struct cadre_counter **ret_counter)
{
	void *word;
	int err;

	err = declare(w, CADRE_KIND_COUNTER, name, unit, help, &word);
	if (err == 0)
		*ret_counter = word;
	return err;
}

int
cadre_worker_gauge(struct cadre_worker *w, const char *name,
    const char *unit, const char *help, struct cadre_gauge **ret_gauge)
{
	void *word;
	int err;

	err = declare(w, CADRE_KIND_GAUGE, name, unit, help, &word);
	if (err == 0)
		*ret_gauge = word;
	return err;
}
