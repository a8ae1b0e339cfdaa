/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One run: the stages, a stop, and what must hold whatever the fault point
 * did. Meanwhile scene_tend() looks after who ended and who was stopped.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "t/fault/scene.h"
#include "t/lib/probe.h"

#define LEAVE_NS	((FAULT_DRAIN_MS + 4000) * NS_PER_MS)
void
scene_wrong(struct scene *s, const char *format, ...)
{
	va_list ap;

	if (!s->r->good)
		return;			/* the first counts */
	s->r->good = false;
	va_start(ap, format);
	vsnprintf(s->r->why, sizeof(s->r->why), format, ap);
	va_end(ap);
}

pid_t
scene_fired(const struct scene *s)
{
	return s->counts == NULL ? 0 : (pid_t)__atomic_load_n(
	    &s->counts[s->c->watched].pid, __ATOMIC_ACQUIRE);
}

static char
state_of(pid_t pid)
{
	char path[32], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f != NULL) {
		(void)!fscanf(f, "%*d (%*[^)]) %c", &state);
		fclose(f);
	}
	return state;
}

/* Somebody stands still: observers must not, as long as there is a region. */
static void
go_on(struct scene *s, pid_t pid)
{
	struct cadre_region *region;
	bool must = s->app.region != NULL && !s->stopping;
	int err;

	s->continued = pid;
	err = cadre_region_open(FAULT_APP, &region);
	if (err == 0)
		cadre_region_close(region);
	else if (must)
		scene_wrong(s, "observers are blind while %s %d stands: %s",
		    pid == s->app.master ? "the master" : "worker", (int)pid,
		    cadre_error(err));
	kill(pid, SIGCONT);
}

static void
totals_check(struct scene *s)
{
	uint64_t total;

	if (s->app.region == NULL)
		return;
	total = app_total(&s->app, "requests");
	if (total < s->total || total > s->asked)
		scene_wrong(s, "total from %llu to %llu, %u were asked",
		    (unsigned long long)s->total, (unsigned long long)total,
		    s->asked);
	s->total = total;
}

void
scene_tend(struct scene *s)
{
	pid_t pid = scene_fired(s);
	int status;

	/* A worker that is stopped shows to its master only, and in /proc. */
	if (pid > 0 && pid != s->continued && state_of(pid) == 'T')
		go_on(s, pid);
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == s->app.master) {
			s->ended = true;
			s->app.status = status;
		}
	totals_check(s);
}

bool
scene_until(struct scene *s, bool (*done)(struct scene *), uint64_t limit_ns)
{
	s->begun_ns = clock_now_ns();
	for (;;) {
		scene_tend(s);
		if (s->ended || !s->r->good)
			return false;
		if (done(s))
			return true;
		if (clock_now_ns() - s->begun_ns > limit_ns)
			return false;
		poll(NULL, 0, 2);
	}
}

static bool
never(struct scene *s)
{
	(void)s;
	return false;
}

/* The end is a normal one, or the one that the point brought. */
static void
end_check(struct scene *s, bool asked_for)
{
	int status = s->app.status;
	char path[96];
	struct stat st;

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
	    strstr(s->c->spec, ":kill") != NULL &&
	    scene_fired(s) == s->app.master)
		return;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && asked_for)
		return;
	snprintf(path, sizeof(path), "%s/err", s->top);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 1 ||
	    stat(path, &st) < 0 || st.st_size == 0)
		scene_wrong(s, "the master ended with status %#x", status);
	else if (!s->c->refused || (s->served && !s->c->ends &&
	    !s->c->always))
		scene_wrong(s, "the master gave up");
}

static void
children_kill(void)
{
	char path[64];
	int pid;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	    (int)getpid());
	f = fopen(path, "re");
	while (f != NULL && fscanf(f, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	if (f != NULL)
		fclose(f);
	while (wait(NULL) > 0)
		;
}

/* Whoever a dead master leaves is our child now, and must go by itself. */
static void
children_check(struct scene *s)
{
	uint64_t end_ns = clock_now_ns() + LEAVE_NS;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0) {
		pid = scene_fired(s);
		if (pid > 0 && pid != s->continued && state_of(pid) == 'T')
			go_on(s, pid);
		if (clock_now_ns() > end_ns) {
			scene_wrong(s, "processes are left");
			children_kill();
			return;
		}
		poll(NULL, 0, 2);
	}
}

static void
stop(struct scene *s)
{
	s->stopping = true;
	if (s->c->kind != FAULT_KILLED ||
	    probe_stop(FAULT_APP, CADRE_STOP_NOW) < 0)
		kill(s->app.master, SIGTERM);
	(void)scene_until(s, never, STAGE_NS);
	if (!s->ended) {
		scene_wrong(s, "it does not stop");
		kill(s->app.master, SIGKILL);
		waitpid(s->app.master, &s->app.status, 0);
	}
}

/* While its workers live, a dead master does not blind observers either. */
static void
orphans_check(struct scene *s)
{
	struct cadre_region *region;
	int err;

	if (s->app.region == NULL || s->stopping)
		return;
	err = cadre_region_open(FAULT_APP, &region);
	if (err == 0)
		cadre_region_close(region);
	else if (waitpid(-1, NULL, WNOHANG) == 0)
		scene_wrong(s, "observers are blind after its death: %s",
		    cadre_error(err));
	totals_check(s);
}

/* Under the same name, with no point armed. */
static void
once_more(struct scene *s)
{
	struct scene t = { .c = s->c, .r = s->r, .sock = -1 };

	memcpy(t.app.dir, s->app.dir, sizeof(t.app.dir));
	t.app.master = fault_master(s->c->kind, s->top, NULL, NULL);
	if (!scene_until(&t, scene_attached, STAGE_NS) ||
	    !scene_until(&t, scene_all_up, STAGE_NS) ||
	    !scene_until(&t, scene_answers, STAGE_NS))
		scene_wrong(s, "no start afterwards: status %#x", t.app.status);
	if (!t.ended)
		stop(&t);
	if (t.app.status != 0)
		scene_wrong(s, "the start afterwards ended with %#x",
		    t.app.status);
	children_check(&t);
	if (!probe_empty(s->app.dir))
		scene_wrong(s, "something is left in the runtime directory, "
		    "after a second start and stop");
	cadre_region_close(t.app.region);
}

static void
scene_open(struct scene *s)
{
	size_t bytes = CADRE__FAULTS_MAX * sizeof(*s->counts);
	char counts[96];
	int fd;

	strcpy(s->top, "/tmp/cadre-fault-XXXXXX");
	if (mkdtemp(s->top) == NULL)
		scene_wrong(s, "mkdtemp: %s", strerror(errno));
	snprintf(s->app.dir, sizeof(s->app.dir), "%.40s/run", s->top);
	mkdir(s->app.dir, 0755);
	setenv("CADRE_RUNTIME_DIR", s->app.dir, 1);
	snprintf(counts, sizeof(counts), "%s/counts", s->top);
	fd = open(counts, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)bytes) < 0)
		scene_wrong(s, "%s: %s", counts, strerror(errno));
	s->counts = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	s->app.master = fault_master(s->c->kind, s->top, s->c->spec, counts);
}

static void
passes_copy(const struct scene *s, uint64_t *passes)
{
	for (int i = 0; i < CADRE__FAULTS_MAX; i++)
		passes[i] = s->counts[i].passes;
}

static void
scene_close(struct scene *s)
{
	char command[192];

	s->r->fired = s->c->dry || scene_fired(s) != 0;
	passes_copy(s, s->r->passes);
	munmap(s->counts, CADRE__FAULTS_MAX * sizeof(*s->counts));
	cadre_region_close(s->app.region);
	if (!s->r->good) {
		snprintf(command, sizeof(command), "sed 's/^/#   %s: /' %s/err "
		    ">&2", s->c->label, s->top);
		(void)!system(command);
	}
	snprintf(command, sizeof(command), "rm -rf %s", s->top);
	(void)!system(command);
}

void
fault_run(const struct fault_case *c, struct fault_result *r)
{
	struct scene s = { .c = c, .r = r, .sock = -1 };
	uint64_t begun_ns = clock_now_ns();
	bool asked_for, again;

	r->good = true;
	scene_open(&s);
	if (c->always)
		scene_go_on(&s);
	else
		scene_go_through(&s);
	passes_copy(&s, r->before_stop);
	asked_for = !s.ended;
	if (!s.ended)
		stop(&s);
	else if (WIFSIGNALED(s.app.status))
		orphans_check(&s);
	end_check(&s, asked_for);
	again = !WIFEXITED(s.app.status) || WEXITSTATUS(s.app.status) != 0;
	scene_sock_close(&s);
	children_check(&s);
	if (WIFEXITED(s.app.status) && !probe_empty(s.app.dir))
		scene_wrong(&s, "something is left in the runtime directory");
	if (again)
		once_more(&s);
	scene_close(&s);
	if (r->good && !r->fired)
		scene_wrong(&s, "the scenario never reached it");
	r->took_ms = (clock_now_ns() - begun_ns) / NS_PER_MS;
	r->done = true;
}
