/* SPDX-License-Identifier: BSD-2-Clause */
/* cadre stat on a terminal: header, a line per seat, sum, other metrics. */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "shm/clock.h"
#include "tools/event.h"
#include "tools/stat.h"
#include "tools/table.h"
#include "tools/text.h"
#include "tools/verb.h"

static const struct column seat_columns[] = {
	{ "SEAT", false, 0 },
	{ "PID", false, 2 },
	{ "STATE", true, 0 },
	{ "AGE", false, 7 },
	{ "REQ/S", false, 0 },
	{ "REQ", false, 6 },
	{ "CONN", false, 4 },
	{ "LOAD", false, 5 },
	{ "QUEUE", false, 3 },
	{ "BUSY%", false, 0 },
	{ "CPU%", false, 9 },
	{ "RSS", false, 8 },
	{ "RESTARTS", false, 1 },
	{ "BEAT", true, 10 },
	{ "NOTE", true, 11 },
};

static const struct column metric_columns[] = {
	{ "NAME", true, 0 },
	{ "TOTAL", false, 0 },
	{ "PER SECOND", false, 1 },
	{ "UNIT", true, 2 },
	{ "HELP", true, 3 },
};

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/* A figure that may not be known. */
static void
cell_if(struct table *t, bool known, struct text text)
{
	table_cell(t, "%s", known ? text.s : "-");
}

/* One that this app does not have: a column of them is not shown. */
static void
cell_none(struct table *t)
{
	table_cell(t, "%s", "");
}

/* How many wait, and since when if anybody does. */
static void
queue_cell(const struct stat_view *v, struct table *t, uint64_t queue,
    uint64_t since_ns)
{
	if (!v->now->any_queues)
		cell_none(t);
	else if (queue == 0 || sample_age(v->now, since_ns) == 0)
		table_cell(t, "%" PRIu64, queue);
	else
		table_cell(t, "%" PRIu64 " %s", queue,
		    text_duration(sample_age(v->now, since_ns)).s);
}

/* What the acceptor chooses by; elsewhere it is the same as CONN. */
static void
load_cell(const struct stat_view *v, struct table *t, bool known, int64_t load)
{
	if (!v->now->any_hands)
		cell_none(t);
	else if (known)
		table_cell(t, "%" PRId64, load);
	else
		table_cell(t, "-");
}

/* A worker that gives no figures: it runs a program without libcadre. */
static bool
is_mute(const struct sample_seat *s)
{
	return s->known && s->view.has_newest && !s->speaks;
}

static struct text
value_text(const struct sample_seat *s, int metric)
{
	return text_total(metric < 0 ? 0 : (double)s->values[metric]);
}

/* A dead master tells of no death, so a state may be of one who is gone. */
static const char *
state(const struct stat_view *v, const struct sample_seat *s)
{
	if (!s->known)
		return "?";
	if (!v->now->app.master_lives && s->view.has_newest && !s->lives &&
	    sample_runs(s->view.state))
		return "gone";
	return cadre_state_name(s->view.state);
}

/* Of its messages what is out of the ordinary; "": nothing. */
static void
messages_note(const struct cadre_seat_view *v, struct text_line *t)
{
	char waits[48] = "", drops[48] = "";

	if (v->messages_queued > 0)
		snprintf(waits, sizeof(waits), "%" PRIu64 " %s",
		    v->messages_queued, v->messages_queued == 1 ?
		    "message waits" : "messages wait");
	if (v->messages_dropped > 0)
		snprintf(drops, sizeof(drops), "%s%" PRIu64 "%s dropped",
		    waits[0] != '\0' ? ", " : "", v->messages_dropped,
		    waits[0] != '\0' ? "" : v->messages_dropped == 1 ?
		    " message" : " messages");
	snprintf(t->s, sizeof(t->s), "%s%s", waits, drops);
}

static void
door_note(struct text_line *t)
{
	size_t n = strlen(t->s);

	snprintf(t->s + n, sizeof(t->s) - n, "%sdoor shut", n > 0 ? ", " : "");
}

/* What a state alone does not tell: why, since when, what next. */
static struct text_line
note(const struct stat_view *v, const struct sample_seat *s)
{
	const struct cadre_shm_life *life = &s->view.newest.life;
	struct text_line t = { "" };
	uint64_t now = v->now->now_ns, stalled = 0;
	const char *cause = sample_stall(v->now, s, &stalled);

	if (!s->known)
		snprintf(t.s, sizeof(t.s), "its row cannot be read now");
	else if (s->view.state == CADRE_STATE_BACKOFF)
		snprintf(t.s, sizeof(t.s), "try %" PRIu64 " in %s", life->tries,
		    text_duration(life->respawn_ns > now ?
		    life->respawn_ns - now : 0).s);
	else if (s->view.state == CADRE_STATE_PARKED)
		snprintf(t.s, sizeof(t.s), "given up after %" PRIu64
		    " early deaths", life->tries);
	else if (s->view.state == CADRE_STATE_DONE)
		snprintf(t.s, sizeof(t.s), "exit code %u asks for no other",
		    life->exit_code);
	else if (s->lives && s->view.newest.doubtful)
		snprintf(t.s, sizeof(t.s), "its figures cannot be right");
	else if (cause != NULL)
		snprintf(t.s, sizeof(t.s), "stalled for %s%s%s",
		    text_duration(stalled).s, cause[0] != '\0' ? ": " : "",
		    cause);
	else if (sample_full(s))
		snprintf(t.s, sizeof(t.s), "at its limit");
	else if (s->view.has_draining)
		snprintf(t.s, sizeof(t.s), "pid %" PRIu64 " drains",
		    s->view.draining.life.pid);
	else
		messages_note(&s->view, &t);
	if (s->known && s->view.door == CADRE_DOOR_SHUT)
		door_note(&t);
	return t;
}

static void
seat_row(const struct stat_view *v, struct table *t, unsigned int i)
{
	const struct sample_seat *s = &v->now->seat[i];
	const struct cadre_worker_view *w = &s->view.newest;
	uint64_t now = v->now->now_ns, born = w->life.spawned_ns;
	double rate = 0, busy = 0, cpu = 0;
	bool known;

	table_cell(t, "%u%s", i, is_mute(s) ? "*" : "");
	if (s->lives)
		table_cell(t, "%" PRIu64, w->life.pid);
	else
		table_cell(t, "-");
	table_cell(t, "%s", state(v, s));
	cell_if(t, s->lives, text_duration(now > born ? now - born : 0));
	known = sample_rate(v->before, v->now, (int)i, v->requests, &rate);
	cell_if(t, known, text_count(rate));
	/* Who is gone may have taken the slot along: then it is not 0. */
	cell_if(t, v->requests >= 0 && !is_mute(s) &&
	    (s->lives || v->now->app.missing == 0),
	    value_text(s, v->requests));
	cell_if(t, !is_mute(s), text_count((double)s->open));
	load_cell(v, t, s->lives && s->speaks, w->load);
	queue_cell(v, t, sample_queue(s), w->life.queue_since_ns);
	known = sample_busy(v->before, v->now, (int)i, v->busy_ns, &busy);
	cell_if(t, known, text_percent(busy));
	known = sample_cpu(v->before, v->now, (int)i, &cpu);
	cell_if(t, known, text_percent(cpu));
	cell_if(t, s->has_proc, text_size(s->proc.rss_bytes));
	table_cell(t, "%" PRIu64, w->life.restarts);
	if (s->lives && !is_mute(s))
		table_cell(t, "%s %s", w->idle ? "idle" : "busy",
		    text_duration(w->beat_age_ns).s);
	else
		table_cell(t, "-");
	table_cell(t, "%s", note(v, s).s);
}

struct sums {
	double		busy, cpu;
	unsigned int	busy_of, cpu_of;	/* of so many seats */
	uint64_t	open, rss, queue, queue_since_ns;
	int64_t		load;
};

static void
sum_seats(const struct stat_view *v, struct sums *sum)
{
	const struct sample *s = v->now;
	const struct sample_seat *seat;
	uint64_t since;
	double one;

	for (unsigned int i = 0; i < s->seats; i++) {
		seat = &s->seat[i];
		since = seat->view.newest.life.queue_since_ns;
		sum->open += seat->open;
		sum->rss += seat->has_proc ? seat->proc.rss_bytes : 0;
		sum->queue += sample_queue(seat);
		if (since != 0 && (sum->queue_since_ns == 0 ||
		    since < sum->queue_since_ns))
			sum->queue_since_ns = since;
		if (seat->lives && seat->speaks)
			sum->load += seat->view.newest.load;
		if (seat->lives && sample_busy(v->before, s, (int)i,
		    v->busy_ns, &one)) {
			sum->busy += one;
			sum->busy_of++;
		}
		if (sample_cpu(v->before, s, (int)i, &one)) {
			sum->cpu += one;
			sum->cpu_of++;
		}
	}
}

static void
sum_row(const struct stat_view *v, struct table *t)
{
	const struct sample *s = v->now;
	struct sums sum = { .open = 0 };
	double rate = 0;
	bool known;

	sum_seats(v, &sum);
	table_cell(t, "sum");
	cell_none(t);
	table_cell(t, "%u/%u up", sample_up(s), s->app.workers);
	cell_none(t);
	known = sample_rate(v->before, s, -1, v->requests, &rate);
	cell_if(t, known, text_count(rate));
	cell_if(t, v->requests >= 0 && sample_counts(s,
	    (unsigned int)v->requests), text_total(v->requests < 0 ? 0 :
	    (double)s->totals[v->requests]));
	cell_if(t, s->any_speaks, text_count((double)sum.open));
	load_cell(v, t, s->any_speaks, sum.load);
	queue_cell(v, t, sum.queue, sum.queue_since_ns);
	cell_if(t, sum.busy_of > 0, text_percent(sum.busy_of > 0 ?
	    sum.busy / sum.busy_of : 0));
	cell_if(t, sum.cpu_of > 0, text_percent(sum.cpu));
	table_cell(t, "%s", text_size(sum.rss).s);
	table_cell(t, "%" PRIu64, sample_restarts(s));
	cell_none(t);
	cell_none(t);
}

/* A line that is cut at the edge, not wrapped. */
static void
line_print(const struct stat_view *v, const char *line, FILE *f)
{
	fprintf(f, "%.*s\n", v->width > 0 ? (int)v->width : INT_MAX, line);
}

/*
 * Of sticky: how many came, were led away from their home, and had no key. The
 * rest is not all at home: some went, or were closed, before a seat got them.
 */
static void
sticky_text_of(const struct cadre_shm_listener *l,
    const struct cadre_shm_intake *in, char *to, size_t room)
{
	if (strncmp(l->mode, "sticky", 6) == 0)
		snprintf(to, room, "  accepted %" PRIu64 "  away %" PRIu64
		    "  no key %" PRIu64, in->accepted, in->away, in->unkeyed);
}

/* Where, who decides, and who waits there; of a Unix socket only whether. */
static void
listener_line(const struct stat_view *v, unsigned int i,
    const struct cadre_shm_listener *l, FILE *f)
{
	char line[1400], queue[64] = "", shed[48] = "", sticky[112] = "";
	struct cadre_shm_intake in;

	if (l->queue > 0 && strncmp(l->address, "unix:", 5) == 0)
		snprintf(queue, sizeof(queue), "  queue not empty for %s",
		    text_duration(sample_age(v->now, l->queue_since_ns)).s);
	else if (l->queue > 0)
		snprintf(queue, sizeof(queue), "  queue %" PRIu64 " for %s",
		    l->queue, text_duration(sample_age(v->now,
		    l->queue_since_ns)).s);
	if (cadre_region_intake(v->region, i, &in) == 0) {
		if (in.shed > 0)
			snprintf(shed, sizeof(shed), "  shed %" PRIu64,
			    in.shed);
		sticky_text_of(l, &in, sticky, sizeof(sticky));
	}
	snprintf(line, sizeof(line), "%s  %.64s%s%s%s",
	    text_line(l->address).s, text_line(l->mode).s, queue, shed,
	    sticky);
	line_print(v, line, f);
}

static void
acceptor_line(const struct stat_view *v, FILE *f)
{
	const struct cadre_app *app = &v->now->app;
	char line[128], pid[24] = "-", restarts[48] = "", rescued[48] = "";
	struct cadre_shm_intake in;
	uint64_t n = 0;

	if (app->acceptor_pid == 0 && app->acceptor_restarts == 0)
		return;
	for (unsigned int i = 0; cadre_region_intake(v->region, i, &in) == 0;
	    i++)
		n += in.rescued;
	if (app->acceptor_pid != 0)
		snprintf(pid, sizeof(pid), "%" PRId64, app->acceptor_pid);
	if (app->acceptor_restarts > 0)
		snprintf(restarts, sizeof(restarts), "  restarts %" PRIu64,
		    app->acceptor_restarts);
	if (n > 0)
		snprintf(rescued, sizeof(rescued), "  rescued %" PRIu64, n);
	snprintf(line, sizeof(line), "acceptor %s%s%s", pid, restarts, rescued);
	line_print(v, line, f);
}

/* Said of those that cannot harm the others; doctor tells of the others. */
static void
apart_line(const struct stat_view *v, FILE *f)
{
	unsigned int uid;
	char line[64];

	if (sample_apart(v->now, &uid) != 1)
		return;
	snprintf(line, sizeof(line), "workers run as uid %u, apart from the "
	    "master", uid);
	line_print(v, line, f);
}

static void
header(const struct stat_view *v, FILE *f)
{
	const struct cadre_app *app = &v->now->app;
	uint64_t now = v->now->now_ns, made = app->created_mono_ns;
	struct cadre_shm_listener l;
	char name[4 * CADRE_NAME_BYTES], line[512];

	text_escape(app->name, sizeof(app->name), name, sizeof(name));
	snprintf(line, sizeof(line), "%s  %s  up %s  master %" PRId64
	    " (beat %s ago)  workers %u/%u  region %s", name, verb_state(app),
	    text_duration(now > made ? now - made : 0).s, app->master_pid,
	    text_duration(app->beat_age_ns).s,
	    sample_up(v->now), app->workers, text_size(app->bytes).s);
	line_print(v, line, f);
	for (unsigned int i = 0;
	    cadre_region_listener(v->region, i, &l) == 0; i++)
		listener_line(v, i, &l, f);
	acceptor_line(v, f);
	apart_line(v, f);
}

/* Stale figures must look stale. */
static void
banner(const struct stat_view *v, FILE *f)
{
	const struct cadre_app *app = &v->now->app;
	const char *word = verb_state(app);
	struct cadre_shm_event last;

	if (app->missing > 0)
		fprintf(f, "*** incomplete: %" PRIu32 " slots went with their "
		    "workers; what they counted is in no sum; try as root "
		    "***\n", app->missing);
	if (strcmp(word, "dead") == 0)
		fprintf(f, "*** master %" PRId64 " is dead: its workers finish "
		    "and leave; nothing is restarted ***\n", app->master_pid);
	else if (strcmp(word, "silent") == 0)
		fprintf(f, "*** master %" PRId64 " has been silent for %s: try "
		    "kill -CONT %" PRId64 " ***\n", app->master_pid,
		    text_duration(app->beat_age_ns).s, app->master_pid);
	else
		return;
	if (event_last(v->region, &last))
		event_print(&last, f);
}

static void
metrics(const struct stat_view *v, FILE *f)
{
	struct table *t = table_new(metric_columns, LENGTH(metric_columns));
	struct cadre_shm_metric m;
	const struct sample *s = v->now;
	unsigned int rows = 0;
	double rate = 0;
	bool known;

	for (unsigned int i = 0; t != NULL && i < s->metrics; i++) {
		if ((int)i == v->requests || !sample_counts(s, i) ||
		    cadre_region_metric(v->region, i, &m) < 0)
			continue;
		rows++;
		table_cell(t, "%s", text_line(m.name).s);
		if (m.kind == CADRE_KIND_GAUGE)
			table_cell(t, "%" PRId64, (int64_t)s->totals[i]);
		else
			table_cell(t, "%" PRIu64, s->totals[i]);
		known = m.kind == CADRE_KIND_COUNTER &&
		    sample_rate(v->before, s, -1, (int)i, &rate);
		cell_if(t, known, text_count(rate));
		table_cell(t, "%s", text_line(m.unit).s);
		table_cell(t, "%s", text_line(m.help).s);
	}
	if (rows > 0) {
		putc('\n', f);
		table_print(t, f, v->width);
	}
	table_free(t);
}

/* Once for all seats that are marked. */
static void
mutes(const struct stat_view *v, FILE *f)
{
	for (unsigned int i = 0; i < v->now->seats; i++) {
		if (!is_mute(&v->now->seat[i]))
			continue;
		line_print(v, "seats marked * run a program that does not use "
		    "libcadre: cpu and memory only, no stall or hang "
		    "detection", f);
		return;
	}
}

void
stat_screen(const struct stat_view *v, FILE *f)
{
	struct table *t = table_new(seat_columns, LENGTH(seat_columns));

	header(v, f);
	banner(v, f);
	putc('\n', f);
	for (unsigned int i = 0; t != NULL && i < v->now->seats; i++) {
		if (v->all || sample_listed(v->now, i))
			seat_row(v, t, i);
	}
	if (t != NULL) {
		sum_row(v, t);
		table_print(t, f, v->width);
	}
	table_free(t);
	mutes(v, f);
	metrics(v, f);
}
