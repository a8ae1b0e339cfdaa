/* SPDX-License-Identifier: BSD-2-Clause */
/* The flags about connections, and what of them cannot be. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cadre/error.h>

#include "runtime/listen.h"
#include "runtime/size.h"
#include "tools/amount.h"
#include "tools/intake.h"

/*
 * Descriptors of a worker that are no connection: 0 to 2, control, messages,
 * the lock, the anchor, its epoll and a few files of its own; per listener the
 * socket, the hand-over, and the epoll and the bell that stand for both.
 */
#define WORKER_FDS		16
#define WORKER_FDS_LISTENER	4
#define CONNECTIONS_MAX		1000000000
#define PATH_SHOWN		"%.200s"
#define SEAT_LISTEN_BYTES	512

struct row;
typedef bool value_fn(const struct row *, const char *text, int64_t *ret);
static value_fn seconds, whole, overload, microseconds;

/* In the order of enum intake_flag. */
static const struct row {
	const char	*flag;
	enum cadre_option option;
	value_fn	*read;		/* as the option wants it */
	double		least, most;
	const char	*needs;
} rows[INTAKE_VALUES] = {
	{ "hang-limit", CADRE_HANG_MS, seconds, 0, 86400,
	    "0 to 86400 seconds, 0 for never," },
	{ "worker-connections", CADRE_WORKER_CONNECTIONS, whole, 1,
	    CONNECTIONS_MAX,
	    "a whole number from 1 on (no limit is the default: leave it out)," },
	{ "app-connections", CADRE_APP_CONNECTIONS, whole, 1, CONNECTIONS_MAX,
	    "a whole number from 1 on (no limit is the default: leave it out)," },
	{ "overload", CADRE_OVERLOAD, overload, 0, 0, "wait or shed," },
	{ "busy-poll", CADRE_BUSY_POLL_US, microseconds, 0, BUSY_POLL_US_MAX,
	    "a time from 1us to 1ms, such as 50us (0, the default: it does "
	    "not)," },
};

static bool
seconds(const struct row *r, const char *text, int64_t *ret)
{
	double value;

	if (!verb_seconds(text, r->least, r->most, &value) ||
	    (value > 0 && value * 1e3 < 1))
		return false;
	*ret = (int64_t)round(value * 1e3);
	return true;
}

static bool
whole(const struct row *r, const char *text, int64_t *ret)
{
	double value;

	if (!verb_seconds(text, r->least, r->most, &value) ||
	    value != floor(value))
		return false;
	*ret = (int64_t)value;
	return true;
}

static bool
overload(const struct row *r, const char *text, int64_t *ret)
{
	(void)r;
	*ret = strcmp(text, "shed") == 0 ? CADRE_OVERLOAD_SHED :
	    CADRE_OVERLOAD_WAIT;
	return strcmp(text, "shed") == 0 || strcmp(text, "wait") == 0;
}

static bool
microseconds(const struct row *r, const char *text, int64_t *ret)
{
	return amount_us(text, (int64_t)r->most, ret);
}

const char *
intake_name(unsigned int value)
{
	return rows[value].flag;
}

static int
take_value(struct intake *in, const struct verb *v, unsigned int i,
    const char *text)
{
	const struct row *r = &rows[i];

	if (!r->read(r, text, &in->value[i]))
		return verb_usage(v, "flag --%s needs %s not '" PATH_SHOWN "'",
		    r->flag, r->needs, text);
	in->given[i] = true;
	return 0;
}

static int
take_mode(struct intake *in, const struct verb *v, const char *text)
{
	struct sticky sticky;

	if (strchr(text, ',') != NULL)
		return verb_usage(v, "flag --mode takes a mode alone; options "
		    "stand behind the address: -l ADDRESS,mode=" PATH_SHOWN,
		    text);
	for (int m = LISTENER_AUTO; m < LISTENER_SHARED; m++)
		if (strcmp(text, listener_mode_name((enum listener_mode)m)) ==
		    0) {
			in->mode = text;
			return 0;
		}
	if (strncmp(text, "sticky", 6) == 0 &&
	    (text[6] == ':' || text[6] == '\0')) {
		sticky_begin(&sticky);
		if (sticky_parse(&sticky, text + (text[6] == ':' ? 7 : 6),
		    AF_UNSPEC, "--mode") < 0)
			return verb_usage(v, "%s", cadre_error(-EINVAL));
		in->mode = text;
		return 0;
	}
	return verb_usage(v, "flag --mode needs auto, gate, spread, rr, least "
	    "or sticky:KEY, not '" PATH_SHOWN "'", text);
}

/* Bytes read, of a regular file: anything else could make us wait. */
static ssize_t
file_read(const char *path, char *to, size_t room)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	size_t have = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = fstat(fd, &st) < 0 ? -errno : S_ISDIR(st.st_mode) ? -EISDIR :
	    S_ISREG(st.st_mode) ? 1 : -EINVAL;
	while (n > 0 && have < room) {
		n = read(fd, to + have, room - have);
		if (n > 0)
			have += (size_t)n;
		else if (n < 0)
			n = -errno;
	}
	close(fd);
	return n < 0 ? n : (ssize_t)have;
}

static int
take_shed(struct intake *in, const struct verb *v, const char *path)
{
	char bytes[CADRE_SHED_BYTES + 1];
	ssize_t n = file_read(path, bytes, sizeof(bytes));

	if (n == -EINVAL)
		return verb_usage(v, "flag --shed-bytes needs a regular file, "
		    "which '" PATH_SHOWN "' is not", path);
	if (n < 0)
		return verb_usage(v, "flag --shed-bytes: cannot read '"
		    PATH_SHOWN "': %s", path, strerror((int)-n));
	if (n == 0)
		return verb_usage(v, "flag --shed-bytes: '" PATH_SHOWN "' is "
		    "empty; to reset the connections leave the flag out", path);
	if (n > CADRE_SHED_BYTES)
		return verb_usage(v, "flag --shed-bytes: '" PATH_SHOWN "' has "
		    "more than %d bytes; name a shorter file", path,
		    CADRE_SHED_BYTES);
	memcpy(in->shed, bytes, (size_t)n);
	in->shed_bytes = (size_t)n;
	in->shed_path = path;
	return 0;
}

static int
take_seat(struct intake *in, const struct verb *v, const char *text)
{
	if (in->seat_listens == CADRE_LISTENERS_MAX)
		return verb_usage(v, "at most %d of --seat-listen",
		    CADRE_LISTENERS_MAX);
	if (strlen(text) >= SEAT_LISTEN_BYTES)
		return verb_usage(v, "the address of --seat-listen is too "
		    "long: " PATH_SHOWN, text);
	in->seat_listen[in->seat_listens++] = text;
	return 0;
}

int
intake_flag(struct intake *in, const struct verb *v, int c, const char *text)
{
	if (c == INTAKE_MODE)
		return take_mode(in, v, text);
	if (c == INTAKE_SHED)
		return take_shed(in, v, text);
	if (c == INTAKE_SEAT)
		return take_seat(in, v, text);
	return take_value(in, v, (unsigned int)(c - INTAKE_HANG), text);
}

bool
intake_is_limited(const struct intake *in)
{
	return in->given[INTAKE_WORKER - INTAKE_HANG] ||
	    in->given[INTAKE_APP - INTAKE_HANG];
}

static bool
sheds(const struct intake *in)
{
	return in->given[INTAKE_OVERLOAD - INTAKE_HANG] &&
	    in->value[INTAKE_OVERLOAD - INTAKE_HANG] == CADRE_OVERLOAD_SHED;
}

/* A flag that would do nothing is a mistake that nobody would notice. */
static int
check_together(const struct intake *in, const struct verb *v,
    unsigned int listens)
{
	if (in->mode != NULL && listens == 0)
		return verb_usage(v, "--mode %s is for listeners, and there is "
		    "none; type -l ADDRESS as well", in->mode);
	if (in->shed_path != NULL && !sheds(in))
		return verb_usage(v, "--shed-bytes is what --overload shed "
		    "sends; type both");
	if (sheds(in) && !intake_is_limited(in))
		return verb_usage(v, "--overload shed needs a limit; type "
		    "--worker-connections N or --app-connections N as well");
	return 0;
}

static uint64_t
worker_count(int workers)
{
	int cpus = cadre_cpus(NULL);

	if (workers == CADRE_WORKERS_MAX)
		workers = cpus;
	else if (workers < 0)
		workers = cpus + workers;
	return workers < 1 ? 1 : (uint64_t)workers;
}

/* What `of` workers hold together, when each may open so many descriptors. */
static uint64_t
room_of(rlim_t descriptors, uint64_t need, uint64_t of)
{
	return descriptors > need ? (descriptors - need) * of : 0;
}

/* No limit can be set higher. */
static uint64_t
descriptors_most(void)
{
	FILE *f = fopen("/proc/sys/fs/nr_open", "re");
	uint64_t n = 0;

	if (f == NULL || fscanf(f, "%" SCNu64, &n) != 1 || n == 0)
		n = UINT64_MAX;
	if (f != NULL)
		fclose(f);
	return n;
}

/* A connection is a descriptor of its worker. */
static int
check_limit(const struct intake *in, const struct verb *v, unsigned int i,
    uint64_t need, uint64_t of, const struct rlimit *nofile)
{
	uint64_t n = (uint64_t)in->value[i], each = (n + of - 1) / of + need;
	char workers[48] = "a worker";
	struct rlimit l;

	if (!in->given[i] || getrlimit(RLIMIT_NOFILE, &l) < 0)
		return 0;
	if (nofile != NULL)
		l = *nofile;
	if (of > 1)
		snprintf(workers, sizeof(workers), "each of %" PRIu64
		    " workers", of);
	if (each > descriptors_most())
		return verb_usage(v, "--%s %" PRIu64 " is more than this "
		    "kernel has descriptors for: %s can open %" PRIu64 " at "
		    "most (fs.nr_open) and needs %" PRIu64 " for itself; type "
		    "at most %" PRIu64, rows[i].flag, n, workers,
		    descriptors_most(), need, room_of(descriptors_most(), need,
		    of));
	if (n > room_of(l.rlim_max, need, of))
		return verb_usage(v, "--%s %" PRIu64 " is more than the "
		    "descriptors allow: %s may open %" PRIu64 " and needs %"
		    PRIu64 " for itself; type at most %" PRIu64 ", or %s%"
		    PRIu64, rows[i].flag, n, workers, (uint64_t)l.rlim_max,
		    need, room_of(l.rlim_max, need, of), nofile != NULL ?
		    "--rlimit nofile=" : "before, as root: ulimit -n ", each);
	if (n > room_of(l.rlim_cur, need, of))
		verb_say(v, "--%s %" PRIu64 ": %s begins with %" PRIu64
		    " descriptors, unless the program raises that itself; for "
		    "so many connections type %s%" PRIu64, rows[i].flag, n,
		    workers, (uint64_t)l.rlim_cur, nofile != NULL ?
		    "--rlimit nofile=" : "before: ulimit -Sn ", each);
	return 0;
}

int
intake_check(const struct intake *in, const struct verb *v,
    unsigned int listens, int workers, const struct rlimit *nofile)
{
	uint64_t need = WORKER_FDS + WORKER_FDS_LISTENER *
	    ((uint64_t)listens + in->seat_listens);
	int code;

	code = check_together(in, v, listens);
	if (code == 0)
		code = check_limit(in, v, INTAKE_WORKER - INTAKE_HANG, need, 1,
		    nofile);
	if (code == 0)
		code = check_limit(in, v, INTAKE_APP - INTAKE_HANG, need,
		    worker_count(workers), nofile);
	return code;
}

/* No address of ours has a comma in it. */
static int
seat_listen(struct cadre_master *m, const char *text)
{
	char address[SEAT_LISTEN_BYTES], *comma;

	strcpy(address, text);
	comma = strchr(address, ',');
	if (comma != NULL)
		*comma++ = '\0';
	return cadre_master_seat_listen(m, address, comma);
}

int
intake_set(const struct intake *in, struct cadre_master *m)
{
	int err = 0;

	for (unsigned int i = 0; i < INTAKE_VALUES && err == 0; i++)
		if (in->given[i])
			err = cadre_master_set(m, rows[i].option, in->value[i]);
	if (err == 0 && in->shed_bytes > 0)
		err = cadre_master_shed(m, in->shed, in->shed_bytes);
	for (unsigned int i = 0; i < in->seat_listens && err == 0; i++)
		err = seat_listen(m, in->seat_listen[i]);
	return err;
}

/* Is it one of the words between the commas that begins so? */
static bool
has_mode(const char *options)
{
	const char *word = options;

	while (word != NULL) {
		word += word != options;
		if (strncmp(word, "mode=", 5) == 0)
			return true;
		word = strchr(word, ',');
	}
	return false;
}

bool
intake_options(const struct intake *in, const char *options, char *to,
    size_t room)
{
	const char *own = options != NULL ? options : "";
	bool mode = in->mode != NULL && !has_mode(options);
	int n;

	n = snprintf(to, room, "%s%s%s%s", own, mode && own[0] != '\0' ? "," :
	    "", mode ? "mode=" : "", mode ? in->mode : "");
	return n >= 0 && (size_t)n < room;
}
