/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One app: its master, its seats, what it leaves behind. All is read from the
 * region, as by any observer, and from /proc; nobody is asked.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "runtime/size.h"
#include "tools/doctor.h"
#include "tools/proc.h"
#include "tools/text.h"

#define LISTED		4		/* seats that are named */
#define NETSTAT_BYTES	16384
#define FILES_MAX	65536		/* in log/ */

/* " 812 813 …", as they are typed. */
static void
holders(const struct patient *p, char *to, size_t room)
{
	size_t at = 0;

	to[0] = '\0';
	for (unsigned int i = 0; i < p->nholders && at + 16 < room; i++)
		at += (size_t)snprintf(to + at, room - at, " %d",
		    p->holders[i]);
}

static void
master_dead(const struct patient *p, struct finding *f)
{
	char pids[256];

	holders(p, pids, sizeof(pids));
	if (p->nholders == 0) {
		finding_set(f, FINDING_FAIL, "does not run; it left %s behind",
		    text_line(p->path).s);
		finding_means(f, "it serves nobody");
		finding_remedy(f, "start it again, which takes that over, or "
		    "rm -r it");
		return;
	}
	finding_set(f, FINDING_FAIL, "dead; %u of its processes live:%s",
	    p->nholders, pids);
	finding_means(f, "no worker is replaced, and a start is refused while "
	    "they live");
	finding_remedy(f, "wait until they have finished, or kill%s", pids);
}

static bool
is_stopped(int pid)
{
	struct proc m;

	return pid > 0 && proc_read(pid, &m) == 0 &&
	    (m.state == 'T' || m.state == 't');
}

static void
master(const struct patient *p, struct finding *f)
{
	const struct cadre_app *app = &p->sample.app;
	int pid = p->region != NULL ? (int)app->master_pid : p->master;

	if (p->region != NULL ? !app->master_lives : !p->locked)
		master_dead(p, f);
	else if (is_stopped(pid)) {
		finding_set(f, FINDING_FAIL, "pid %d, stopped", pid);
		finding_means(f, "no worker is replaced, no stop obeyed");
		finding_remedy(f, "kill -CONT %d", pid);
	} else if (!doctor_region(p, f))
		return;
	else if (app->beat_age_ns > CADRE_SILENT_NS) {
		finding_set(f, FINDING_FAIL, "pid %d, silent for %s", pid,
		    text_duration(app->beat_age_ns).s);
		finding_means(f, "no worker is replaced, no stop obeyed");
		finding_remedy(f, "see what it does: cat /proc/%d/stack, gdb "
		    "-p %d", pid, pid);
	} else
		finding_set(f, FINDING_OK, "pid %d, beat %s ago", pid,
		    text_duration(app->beat_age_ns).s);
}

/* The last death in that seat which the ring of events still has. */
static bool
last_death(const struct patient *p, unsigned int seat,
    struct cadre_shm_event *ret_event)
{
	struct cadre_cursor cursor = { .next = 0 };
	struct cadre_shm_event e;
	bool found = false;

	for (int i = 0; i < CADRE_EVENT_RECORDS &&
	    cadre_region_events(p->region, &cursor, &e, 1) == 1; i++) {
		if (e.kind != CADRE_EVENT_DIED || e.seat != seat)
			continue;
		*ret_event = e;
		found = true;
	}
	return found;
}

struct troubles {
	unsigned int	parked, backoff, listed;
	bool		left_early;	/* with exit code 0 */
};

/* Why this seat has no worker; the first few are told. */
static void
trouble_add(const struct patient *p, unsigned int seat, struct troubles *t,
    struct finding *f)
{
	struct cadre_shm_event e;
	char line[200];

	if (t->listed++ >= LISTED)
		return;
	if (!last_death(p, seat, &e)) {
		finding_add(f, "; seat %u", seat);
		return;
	}
	if (e.exit_code == 0 && e.exit_signal == 0)
		t->left_early = true;
	cadre_event_text(&e, line, sizeof(line));
	finding_add(f, "; %s", line);
}

static void
workers(const struct patient *p, struct finding *f)
{
	struct troubles t = { .listed = 0 };
	uint32_t state;

	if (!doctor_region(p, f))
		return;
	finding_set(f, FINDING_OK, "%u of %u up", sample_up(&p->sample),
	    p->sample.app.workers);
	for (unsigned int i = 0; i < p->sample.seats; i++) {
		state = p->sample.seat[i].known ?
		    p->sample.seat[i].view.state : CADRE_STATE_EMPTY;
		t.parked += state == CADRE_STATE_PARKED;
		t.backoff += state == CADRE_STATE_BACKOFF;
		if (state == CADRE_STATE_PARKED ||
		    state == CADRE_STATE_BACKOFF)
			trouble_add(p, i, &t, f);
	}
	if (t.listed == 0)
		return;
	f->state = t.parked > 0 ? FINDING_FAIL : FINDING_WARN;
	finding_means(f, "parked %u: nothing comes any more; backoff %u: "
	    "connections queued there wait", t.parked, t.backoff);
	finding_remedy(f, t.left_early ? "a program that leaves with 0 may have "
	    "gone into the background: keep it in front (nginx: daemon off;)" :
	    t.parked > 0 ? "cadre events %1$s says why; when that is mended: "
	    "cadre reset %1$s" : "cadre events %1$s", text_line(p->name).s);
}

static void
uids(const struct patient *p, struct finding *f)
{
	unsigned int same = 0, other = 0, unseen = 0, as = 0;
	struct proc_uids m, w;

	if (!doctor_region(p, f))
		return;
	if (!proc_uids((pid_t)p->sample.app.master_pid, &m)) {
		finding_set(f, FINDING_UNKNOWN, "the master cannot be seen in "
		    "/proc");
		return;
	}
	for (unsigned int i = 0; i < p->sample.seats; i++) {
		if (!p->sample.seat[i].lives)
			continue;
		if (!proc_uids((pid_t)p->sample.seat[i].view.newest.life.pid, &w))
			unseen++;
		else if (proc_can_be(&w, m.effective))
			same++;
		else {
			other++;
			as = w.effective;
		}
	}
	if (same == 0 && other == 0)
		finding_set(f, FINDING_UNKNOWN, "no worker can be seen in "
		    "/proc, %u run", unseen);
	else if (same == 0)
		finding_set(f, FINDING_OK, "the master's is %u, of %u workers "
		    "it is %u: they cannot reopen memory, trace or signal it",
		    m.effective, other, as);
	if (same == 0)
		return;
	finding_set(f, FINDING_WARN, "%u workers may act as uid %u, the "
	    "master's", same, m.effective);
	finding_means(f, "the region is safe from accidents, not from malice: "
	    "such a worker can reopen what it may not write");
	finding_remedy(f, "start it as root with a user of its own: --user "
	    "NAME; or run only programs there that you trust");
}

static void
attached(const struct patient *p, struct finding *f)
{
	unsigned int not = 0, lives = 0;

	if (!doctor_region(p, f))
		return;
	for (unsigned int i = 0; i < p->sample.seats; i++) {
		if (!p->sample.seat[i].lives)
			continue;
		lives++;
		not += !p->sample.seat[i].speaks;
	}
	finding_set(f, FINDING_OK, "%u of %u workers", lives - not, lives);
	if (not == 0)
		return;
	f->state = FINDING_WARN;
	finding_add(f, "; %u are programs without libcadre", not);
	finding_means(f, "of %u: no stall or hang detection, no health, no "
	    "counters, and no promise that a restart loses nothing", not);
	finding_remedy(f, "let the program call cadre_worker_attach(), or "
	    "live with it");
}

static void
missing(const struct patient *p, struct finding *f)
{
	uint32_t n;

	if (!doctor_region(p, f))
		return;
	n = p->sample.app.missing;
	finding_set(f, n == 0 ? FINDING_OK : FINDING_WARN, "%" PRIu32
	    " cannot be read", n);
	if (n == 0)
		return;
	finding_means(f, "what they counted reads as 0, and totals are too "
	    "low: the master is gone and no living process could give them");
	finding_remedy(f, "look as root, before its last worker is gone");
}

/* The value under a title: two lines of words, the first with the titles. */
static bool
counter(const char *text, const char *title, unsigned long long *ret)
{
	const char *titles = strstr(text, "TcpExt:"), *values, *end;
	size_t n = strlen(title);

	values = titles == NULL ? NULL : strstr(titles + 1, "TcpExt:");
	if (values == NULL)
		return false;
	end = values;
	while (titles != NULL && titles < end && values != NULL) {
		if (strncmp(titles, title, n) == 0 && titles[n] == ' ')
			return sscanf(values, "%llu", ret) == 1;
		titles = strchr(titles, ' ');
		values = strchr(values, ' ');
		titles += titles != NULL;
		values += values != NULL;
	}
	return false;
}

static void
accept_queues(const struct patient *p, struct finding *f)
{
	unsigned long long overflows, drops;
	char text[NETSTAT_BYTES];
	int n;

	(void)p;
	n = doctor_read("/proc/net/netstat", text, sizeof(text));
	if (n < 0 || !counter(text, "ListenOverflows", &overflows) ||
	    !counter(text, "ListenDrops", &drops))
		finding_set(f, FINDING_UNKNOWN, "/proc/net/netstat: %s", n < 0 ?
		    strerror(-n) : "not as expected");
	else
		finding_set(f, FINDING_OK, "%llu overflows, %llu drops since "
		    "boot, of all programs of this network", overflows, drops);
}

static uint64_t
bytes_in(int fd, unsigned int *ret_files)
{
	struct dirent *e;
	struct stat st;
	uint64_t sum = 0;
	unsigned int n = 0;
	DIR *dir = fdopendir(fd);

	while (dir != NULL && n < FILES_MAX && (e = readdir(dir)) != NULL) {
		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0
		    || !S_ISREG(st.st_mode))
			continue;
		n++;
		sum += (uint64_t)st.st_size;
	}
	if (dir != NULL)
		closedir(dir);
	else
		close(fd);
	*ret_files = n;
	return sum;
}

static void
logs(const struct patient *p, struct finding *f)
{
	struct statvfs fs;
	unsigned int files;
	uint64_t sum, left;
	int fd;

	fd = openat(p->dir, "log", O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (fd < 0) {
		finding_set(f, errno == ENOENT ? FINDING_OK : FINDING_UNKNOWN,
		    "%s", errno == ENOENT ? "none here: they stand elsewhere, "
		    "or there are none" : strerror(errno));
		return;
	}
	if (fstatvfs(fd, &fs) < 0)
		memset(&fs, 0, sizeof(fs));
	sum = bytes_in(fd, &files);
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	finding_set(f, FINDING_OK, "%s in %u files, %s left there",
	    text_size(sum).s, files, text_size(left).s);
	if (left >= LOG_BYTES)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "what workers print may be lost");
	finding_remedy(f, "free some room beside %s", text_line(p->path).s);
}

static const struct check checks[] = {
	{ "master",		"master",			master },
	{ "workers",		"seats",			workers },
	{ "uids",		"uids",				uids },
	{ "attached",		"workers that use libcadre",	attached },
	{ "missing_slots",	"slots",			missing },
	{ "accept_queues",	"accept queues",		accept_queues },
	{ "logs",		"logs",				logs },
};
const struct ward ward_app = { checks, sizeof(checks) / sizeof(checks[0]) };
