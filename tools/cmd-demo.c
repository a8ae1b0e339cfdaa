/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre demo: run the hello program as a child, show what came of it, and
 * follow its events until it ends. The demo itself only observes. Ctrl-C goes
 * to both of us; we stay until the child is gone, to say what was stopped.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/signalfd.h>
#include <sys/wait.h>

#include <cadre/cadre.h>

#include "shm/clock.h"
#include "tools/banner.h"
#include "tools/event.h"
#include "tools/intake.h"
#include "tools/launch.h"
#include "tools/port.h"
#include "tools/privileges.h"
#include "tools/sample.h"
#include "tools/text.h"
#include "tools/verb.h"

#define LISTEN_DEFAULT	"tcp:127.0.0.1:8080"
#define ADDRESS_BYTES	160
#define LISTEN_BYTES	(ADDRESS_BYTES + 256 + 16)	/* with its options */
#define NUMBER_BYTES	64
#define LOOK_MS		5	/* while it starts */
#define FOLLOW_MS	100
#define READY_NS	(10 * NS_PER_S)	/* then it is shown as it stands */
#define AGAIN_NS	NS_PER_S
#define BATCH		16

static const struct option options[] = {
	{ "instances", required_argument, NULL, 'i' },
	{ "listen", required_argument, NULL, 'l' },
	{ "name", required_argument, NULL, 'n' },
	INTAKE_OPTIONS,
	PRIVILEGES_OPTIONS,
	{ NULL, 0, NULL, 0 },
};

struct demo {
	const struct verb *verb;
	const char	*name;
	const char	*count;		/* NULL: not given */
	int		instances;
	char		address[CADRE_LISTENERS_MAX][ADDRESS_BYTES];
	const char	*options[CADRE_LISTENERS_MAX]; /* NULL: none */
	unsigned int	addresses;
	struct intake	intake;
	struct privileges_flags privileges;
	char		runtime_dir[64]; /* "": the usual one */
	pid_t		pid;
	int		pidfd;
	int		signals;
	uint64_t	asked_ns;	/* a signal to end came; 0: none yet */
	int		pass_on;	/* it, if the child did not get it too */
	struct cadre_region *region;
	struct sample	sample;
	struct cadre_cursor events;
};

/* The next free port, when this one is taken; what is said is by whom. */
static int
settle_port(struct demo *d, char *address)
{
	char holder[128];
	uint16_t next = 0;
	struct port p;

	if (!port_parse(address, &p) || port_probe(&p) != -EADDRINUSE)
		return 0;	/* what else may be wrong with it, hello says */
	port_holder(&p, holder, sizeof(holder));
	if (port_next(&p, &next) < 0) {
		verb_say(d->verb, "port %u is taken by %s, and none of the "
		    "next %d is free; name another: -l tcp:%s:PORT, or port 0 "
		    "for any", p.number, holder, PORT_TRIES, p.host);
		return EXIT_FAILED;
	}
	verb_say(d->verb, "port %u is taken by %s; using %u; another: "
	    "-l tcp:%s:PORT", p.number, holder, next, p.host);
	snprintf(address, ADDRESS_BYTES, "tcp:%s:%u", p.host, next);
	return 0;
}

/* The library itself says whether all is as it must be. */
static int
check(struct demo *d)
{
	char wishes[LISTEN_BYTES];
	struct cadre_master *m;
	struct rlimit nofile;
	int code, err;

	code = privileges_check(&d->privileges, d->verb);
	if (code == 0)
		code = intake_check(&d->intake, d->verb, d->addresses,
		    d->instances, privileges_nofile(&d->privileges, &nofile));
	if (code != 0)
		return code;
	err = cadre_master_new(d->name, &m);
	if (err < 0)
		return verb_fail(d->verb, err);
	for (unsigned int i = 0; i < d->addresses && err == 0; i++)
		err = !intake_options(&d->intake, d->options[i], wishes,
		    sizeof(wishes)) ? -EINVAL :
		    cadre_master_listen(m, d->address[i], wishes);
	if (err == 0)
		err = intake_set(&d->intake, m);
	if (err == 0)
		err = privileges_set(&d->privileges, m);
	if (err < 0)
		code = verb_fail(d->verb, err);
	cadre_master_free(m);
	for (unsigned int i = 0; i < d->addresses && code == 0; i++)
		code = settle_port(d, d->address[i]);
	return code;
}

/* From here on signals are read from a descriptor, not taken. */
static int
block_signals(struct demo *d, sigset_t *ret_before)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGQUIT);
	sigprocmask(SIG_BLOCK, &ours, ret_before);
	d->signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	return d->signals < 0 ? -errno : 0;
}

/* What hello is called with; its texts stand in d or in `room`. */
struct words {
	char		*argv[8 + 2 * (2 * CADRE_LISTENERS_MAX + INTAKE_VALUES +
			    PRIVILEGES_MAX)];
	int		argc;
	char		listen[CADRE_LISTENERS_MAX][LISTEN_BYTES];
	char		number[INTAKE_VALUES][NUMBER_BYTES];
	char		*own[PRIVILEGES_MAX];	/* NULL: no memory */
};

static void
word_pair(struct words *w, const char *flag, const char *value)
{
	w->argv[w->argc++] = (char *)flag;
	w->argv[w->argc++] = (char *)value;
}

/* False: no memory. */
static bool
words_of(const struct demo *d, struct words *w)
{
	char wishes[LISTEN_BYTES] = "";

	word_pair(w, "-n", d->name);
	word_pair(w, "-i", d->count);
	for (unsigned int i = 0; i < d->addresses; i++) {
		(void)intake_options(&d->intake, d->options[i], wishes,
		    sizeof(wishes));
		snprintf(w->listen[i], sizeof(w->listen[i]), "%s%s%.270s",
		    d->address[i], wishes[0] != '\0' ? "," : "", wishes);
		word_pair(w, "-l", w->listen[i]);
	}
	for (unsigned int i = 0; i < INTAKE_VALUES; i++) {
		if (!d->intake.given[i])
			continue;
		snprintf(w->number[i], NUMBER_BYTES, "%s=%" PRId64,
		    intake_name(i), d->intake.value[i]);
		word_pair(w, "-o", w->number[i]);
	}
	for (unsigned int i = 0; i < d->intake.seat_listens; i++)
		word_pair(w, "-L", d->intake.seat_listen[i]);
	if (d->intake.shed_path != NULL)
		word_pair(w, "-s", d->intake.shed_path);
	for (unsigned int i = 0; i < d->privileges.n; i++) {
		if (asprintf(&w->own[i], "%s=%s",
		    privileges_name(d->privileges.given[i].flag),
		    d->privileges.given[i].text) < 0)
			w->own[i] = NULL;
		if (w->own[i] == NULL)
			return false;
		word_pair(w, "-o", w->own[i]);
	}
	w->argv[w->argc] = NULL;
	return true;
}

static void
words_free(struct words *w)
{
	for (unsigned int i = 0; i < PRIVILEGES_MAX; i++)
		free(w->own[i]);
}

static int
start(struct demo *d)
{
	struct words w = { .argc = 1 };
	char path[4096];
	sigset_t before;
	int err;

	if (launch_find("examples", "hello", path, sizeof(path)) < 0) {
		verb_say(d->verb, "no program %s; where hello is: "
		    "CADRE_LIBEXEC=DIR %s demo", path, verb_program);
		return EXIT_FAILED;
	}
	w.argv[0] = path;
	err = words_of(d, &w) ? block_signals(d, &before) : -ENOMEM;
	if (err < 0) {
		words_free(&w);
		return verb_fail(d->verb, err);
	}
	err = launch(path, w.argv, &before, &d->pid, &d->pidfd);
	words_free(&w);
	if (err < 0) {
		verb_say(d->verb, "cannot run %s: %s", path, strerror(-err));
		return EXIT_FAILED;
	}
	return 0;
}

/*
 * On a terminal the child gets the signal as we do. One sent to us alone is
 * passed on, but not before it is clear that the app does not stop by itself:
 * a second one would make it drop its connections.
 */
static void
take_signal(struct demo *d)
{
	struct signalfd_siginfo si;
	uint64_t now = clock_now_ns();

	while (read(d->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (d->asked_ns == 0) {
			d->asked_ns = now;
			d->pass_on = (int)si.ssi_signo;
		} else if (si.ssi_code != SI_KERNEL &&
		    now - d->asked_ns > AGAIN_NS) {
			kill(d->pid, (int)si.ssi_signo);
		}
	}
}

static void
pass_on(struct demo *d)
{
	struct cadre_app app;

	if (d->pass_on == 0 ||
	    clock_now_ns() - d->asked_ns < FOLLOW_MS * NS_PER_MS)
		return;
	if (d->region == NULL || cadre_region_app(d->region, &app) < 0 ||
	    app.state < CADRE_APP_STOPPING)
		kill(d->pid, d->pass_on == SIGHUP ? SIGTERM : d->pass_on);
	d->pass_on = 0;
}

/* Wait a while, or for a signal. False: the child has ended. */
static bool
lives(struct demo *d, int ms)
{
	struct pollfd p[] = {
		{ .fd = d->pidfd, .events = POLLIN },
		{ .fd = d->signals, .events = POLLIN },
	};

	poll(p, 2, ms);
	if (p[1].revents & POLLIN)
		take_signal(d);
	pass_on(d);
	return (p[0].revents & POLLIN) == 0;
}

static bool
settled(const struct sample *s)
{
	for (unsigned int i = 0; i < s->app.workers; i++) {
		if (s->seat[i].known && (!s->seat[i].view.has_newest ||
		    s->seat[i].view.state == CADRE_STATE_STARTING))
			return false;
	}
	return s->app.workers > 0;
}

/* Until all seats are ready, or have failed once. False: it has ended. */
static bool
await_ready(struct demo *d)
{
	uint64_t end = clock_now_ns() + READY_NS;
	struct cadre_region *r;

	while (lives(d, LOOK_MS)) {
		if (d->region == NULL && cadre_region_open(d->name, &r) == 0) {
			d->region = r;
			if (sample_take(r, &d->sample) < 0 ||
			    d->sample.app.master_pid != d->pid) {
				cadre_region_close(r);	/* another's, still */
				d->region = NULL;
			}
		}
		if (d->asked_ns != 0 || (d->region == NULL &&
		    clock_now_ns() > end))
			return true;
		if (d->region != NULL && (clock_now_ns() > end ||
		    (sample_take(d->region, &d->sample) == 0 &&
		    settled(&d->sample))))
			return true;
	}
	return false;
}

/* What the banner shows is not said again. */
static bool
told(const struct cadre_shm_event *e)
{
	return e->kind == CADRE_EVENT_STARTED ||
	    e->kind == CADRE_EVENT_SPAWNED || e->kind == CADRE_EVENT_READY;
}

static void
print_events(struct demo *d, bool skip_told)
{
	struct cadre_shm_event e[BATCH];
	int n;

	while ((n = cadre_region_events(d->region, &d->events, e, BATCH)) > 0) {
		for (int i = 0; i < n; i++) {
			if (!skip_told || !told(&e[i]))
				event_print(&e[i], stdout);
		}
	}
	fflush(stdout);
}

static int
finish(struct demo *d)
{
	uint64_t lived;
	int requests, status;

	if (waitpid(d->pid, &status, 0) < 0)
		return verb_fail(d->verb, -errno);
	if (d->region != NULL && sample_take(d->region, &d->sample) == 0 &&
	    WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		requests = cadre_region_find(d->region, "requests");
		lived = d->sample.now_ns - d->sample.app.created_mono_ns;
		printf("%s stopped after %s; requests: %" PRIu64 ", restarts: %"
		    PRIu64 "; nothing of it is left\n", d->name,
		    text_duration(lived).s, requests < 0 ? 0 :
		    d->sample.totals[requests], sample_restarts(&d->sample));
	}
	if (WIFSIGNALED(status))
		verb_say(d->verb, "its master (pid %d) was killed by signal %d;"
		    " its workers finish and leave", (int)d->pid,
		    WTERMSIG(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? EXIT_SUCCESS :
	    EXIT_FAILED;
}

static int
run(struct demo *d)
{
	bool on;

	on = await_ready(d);
	if (on && d->region == NULL && d->asked_ns == 0)
		verb_say(d->verb, "pid %d runs, but its region cannot be read: "
		    "%s", (int)d->pid, cadre_error(-ETIMEDOUT));
	if (on && d->region != NULL && d->asked_ns == 0)
		banner_print(d->region, &d->sample);
	if (d->region != NULL)
		print_events(d, on);
	while (on) {
		on = lives(d, FOLLOW_MS);
		if (d->region != NULL)
			print_events(d, false);
	}
	return finish(d);
}

/* ADDRESS[,OPTION...], of which the address may get another port. */
static int
take_listen(struct demo *d, char *text)
{
	char *comma = strchr(text, ',');

	if (d->addresses == CADRE_LISTENERS_MAX)
		return verb_usage(d->verb, "at most %d of -l",
		    CADRE_LISTENERS_MAX);
	if (comma != NULL)
		*comma++ = '\0';
	if (strlen(text) >= ADDRESS_BYTES)
		return verb_usage(d->verb, "address too long: '%s'", text);
	d->options[d->addresses] = comma;
	strcpy(d->address[d->addresses++], text);
	return 0;
}

static int
flags(struct demo *d, int argc, char **argv)
{
	int c, code = 0;

	while (code == 0 && (c = getopt_long(argc, argv, ":i:l:n:", options,
	    NULL)) != -1) {
		if (c == 'i')
			code = verb_instances(d->verb, d->count = optarg,
			    &d->instances);
		else if (c == 'l')
			code = take_listen(d, optarg);
		else if (c == 'n')
			d->name = optarg;
		else if (intake_is(c))
			code = intake_flag(&d->intake, d->verb, c, optarg);
		else if (privileges_is(c))
			code = privileges_flag(&d->privileges, d->verb, c,
			    optarg);
		else
			code = verb_flag(d->verb, c, argv);
	}
	if (code == 0 && optind < argc)
		return verb_usage(d->verb, "'%s' is not a flag; a name goes "
		    "with -n: %s demo -n %s", argv[optind], verb_program,
		    argv[optind]);
	return code;
}

int
cmd_demo(const struct verb *v, int argc, char **argv)
{
	struct demo d = { .verb = v, .name = "hello", .pidfd = -1,
	    .signals = -1 };
	int code, err;

	if ((code = flags(&d, argc, argv)) != 0)
		return code;
	if (d.addresses == 0)
		strcpy(d.address[d.addresses++], LISTEN_DEFAULT);
	/* One worker would show little: on a single processor it is two. */
	if (d.count == NULL)
		(void)verb_instances(v, d.count = cadre_cpus(NULL) > 1 ?
		    "max" : "2", &d.instances);
	err = launch_runtime_dir(d.runtime_dir, sizeof(d.runtime_dir));
	if (err < 0)
		verb_say(v, "%s cannot be used: %s", d.runtime_dir,
		    strerror(-err));
	if (err <= 0)
		d.runtime_dir[0] = '\0';
	if ((code = check(&d)) == 0 && (code = start(&d)) == 0)
		code = run(&d);
	sample_free(&d.sample);
	cadre_region_close(d.region);
	if (d.pidfd >= 0)
		close(d.pidfd);
	if (d.signals >= 0)
		close(d.signals);
	if (d.runtime_dir[0] != '\0')
		rmdir(d.runtime_dir);	/* stays if another app is in it */
	return code;
}
