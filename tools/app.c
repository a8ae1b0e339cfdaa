/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flags of an app. What a value must be the library knows; here it is only
 * turned into a call, so that a flag is a row of a table.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "shm/rundir.h"
#include "tools/amount.h"
#include "tools/app.h"
#include "tools/probe.h"

#define NAME_SHOWN	"%.48s%s"	/* of what may be 4 KiB */
#define ADDRESS_BYTES	512
#define SIGNALS		64
#define PUBLISH_MIN	4096
#define BYTES_MAX	(INT64_C(1) << 50)
#define AGE_MS_MAX	INT64_C(7776000000)	/* 90 days */
#define REQUESTS_MAX	INT64_C(1000000000000)

enum { FLAG_NUMBER = 256, FLAG_PROBE, FLAG_STOP_SIGNAL, FLAG_WAIT_READY,
	FLAG_LOG_DIR, FLAG_STOP_CODES, FLAG_LIMIT, FLAG_POLICY, FLAG_RIGHTS,
	FLAG_NO_RIGHTS };

static const struct option options[] = {
	{ "env", required_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ "instances", required_argument, NULL, 'i' },
	{ "kill-timeout", required_argument, NULL, FLAG_NUMBER },
	{ "listen", required_argument, NULL, 'l' },
	{ "log-bytes", required_argument, NULL, FLAG_NUMBER },
	{ "log-dir", required_argument, NULL, FLAG_LOG_DIR },
	{ "max-age", required_argument, NULL, FLAG_LIMIT },
	{ "max-requests", required_argument, NULL, FLAG_LIMIT },
	{ "max-tries", required_argument, NULL, FLAG_NUMBER },
	{ "max-unavailable", required_argument, NULL, FLAG_NUMBER },
	{ "max-workers", required_argument, NULL, FLAG_NUMBER },
	{ "memory-hard", required_argument, NULL, FLAG_LIMIT },
	{ "memory-soft", required_argument, NULL, FLAG_LIMIT },
	{ "message-bytes", required_argument, NULL, FLAG_NUMBER },
	{ "message-policy", required_argument, NULL, FLAG_POLICY },
	{ "message-queue", required_argument, NULL, FLAG_NUMBER },
	{ "message-queue-bytes", required_argument, NULL, FLAG_NUMBER },
	{ "message-requests", required_argument, NULL, FLAG_NUMBER },
	{ "message-rights", no_argument, NULL, FLAG_RIGHTS },
	{ "min-uptime", required_argument, NULL, FLAG_NUMBER },
	{ "name", required_argument, NULL, 'n' },
	{ "no-message-rights", no_argument, NULL, FLAG_NO_RIGHTS },
	{ "probe", required_argument, NULL, FLAG_PROBE },
	{ "probe-timeout", required_argument, NULL, FLAG_NUMBER },
	{ "publish-bytes", required_argument, NULL, FLAG_NUMBER },
	{ "quorum", required_argument, NULL, FLAG_NUMBER },
	{ "ready-after", required_argument, NULL, FLAG_NUMBER },
	{ "ready-timeout", required_argument, NULL, FLAG_NUMBER },
	{ "stop-exit-codes", required_argument, NULL, FLAG_STOP_CODES },
	{ "stop-signal", required_argument, NULL, FLAG_STOP_SIGNAL },
	{ "wait-ready", no_argument, NULL, FLAG_WAIT_READY },
	INTAKE_OPTIONS,
	PRIVILEGES_OPTIONS,
	{ NULL, 0, NULL, 0 },
};

static const struct number {
	const char	*flag;
	enum cadre_option option;
	double		least, most, scale;	/* scale: flag to option */
	const char	*unit;
} numbers[] = {
	{ "kill-timeout", CADRE_DRAIN_TIMEOUT_MS, 0, 86400, 1e3, " seconds" },
	{ "log-bytes", CADRE_LOG_BYTES, 4096, 0x1p40, 1, " bytes" },
	{ "max-tries", CADRE_MAX_TRIES, 0, 1e6, 1, "" },
	{ "max-unavailable", CADRE_MAX_UNAVAILABLE, 1, CADRE_SEATS_MAX, 1, "" },
	{ "max-workers", CADRE_MAX_WORKERS, 1, CADRE_SEATS_MAX, 1, "" },
	{ "message-bytes", CADRE_MESSAGE_BYTES_MAX, 0, 0x1p30, 1, " bytes" },
	{ "message-queue", CADRE_MESSAGE_QUEUE, 1, 0x1p20, 1, "" },
	{ "message-queue-bytes", CADRE_MESSAGE_QUEUE_BYTES, 4096, 0x1p40, 1,
	    " bytes" },
	{ "message-requests", CADRE_MESSAGE_REQUESTS, 1, 16384, 1, "" },
	{ "min-uptime", CADRE_MIN_UPTIME_MS, 0, 86400, 1e3, " seconds" },
	{ "probe-timeout", CADRE_PROBE_TIMEOUT_MS, 0.001, 86400, 1e3,
	    " seconds" },
	{ "publish-bytes", CADRE_PUBLISH_BYTES, 0, 0x1p24, 1, " bytes" },
	{ "quorum", CADRE_QUORUM, 0, CADRE_SEATS_MAX, 1, "" },
	{ "ready-after", CADRE_READY_AFTER_MS, 0, 864e5, 1, " milliseconds" },
	{ "ready-timeout", CADRE_READY_TIMEOUT_MS, 0, 86400, 1e3, " seconds" },
};

static void
option_set(struct app *a, enum cadre_option option, int64_t value)
{
	a->value[option] = value;
	a->given[option] = true;
}

/* 16M, but no part of a byte without such a letter. */
static bool
sized(const struct number *n, const char *text, double *ret_value)
{
	size_t length = strlen(text);
	int64_t bytes;

	if (strcmp(n->unit, " bytes") != 0 || length == 0 ||
	    !isalpha((unsigned char)text[length - 1]) ||
	    !amount_bytes(text, (int64_t)n->most, &bytes) ||
	    (double)bytes < n->least)
		return false;
	*ret_value = (double)bytes;
	return true;
}

static int
take_number(struct app *a, const char *flag, const char *text)
{
	const struct number *n = numbers;
	double value;
	int64_t whole;

	while (strcmp(n->flag, flag) != 0)
		n++;		/* each FLAG_NUMBER has its row */
	if (!sized(n, text, &value) &&
	    (!verb_seconds(text, n->least, n->most, &value) ||
	    (n->scale == 1 && value != floor(value))))
		return verb_usage(a->verb, "flag --%s needs %s%.0f to %.0f%s, "
		    "not '%s'", flag, n->scale == 1 ? "a whole number, " : "",
		    n->least, n->most, n->unit, text);
	whole = (int64_t)round(value * n->scale);
	if (n->option == CADRE_PUBLISH_BYTES && whole != 0 &&
	    (whole < PUBLISH_MIN || (whole & (whole - 1)) != 0))
		return verb_usage(a->verb, "flag --%s needs 0, or a power of two "
		    "from %d to %.0f%s, not '%s'", flag, PUBLISH_MIN, n->most,
		    n->unit, text);
	option_set(a, n->option, whole);
	return 0;
}

/* After which a worker is replaced. */
static int
take_limit(struct app *a, const char *flag, const char *text)
{
	bool age = strcmp(flag, "max-age") == 0;
	bool soft = strcmp(flag, "memory-soft") == 0;
	int64_t value, jitter = -1;

	if (soft || strcmp(flag, "memory-hard") == 0) {
		if (!amount_bytes(text, BYTES_MAX, &value))
			return verb_usage(a->verb, "flag --%s needs a size such "
			    "as 512M or 1.5G, not '%s'", flag, text);
		option_set(a, soft ? CADRE_MEMORY_SOFT : CADRE_MEMORY_HARD,
		    value);
		return 0;
	}
	if (age ? !amount_ms(text, AGE_MS_MAX, &value, &jitter) :
	    !amount_count(text, REQUESTS_MAX, &value, &jitter))
		return verb_usage(a->verb, "flag --%s needs a %s, and may have "
		    "a jitter of up to 100%%, as in %s, not '%s'", flag, age ?
		    "time of up to 90 days" : "number of up to 10^12", age ?
		    "12h,20%" : "10000,20%", text);
	option_set(a, age ? CADRE_MAX_AGE_MS : CADRE_MAX_REQUESTS, value);
	if (jitter >= 0)
		option_set(a, age ? CADRE_AGE_JITTER : CADRE_REQUESTS_JITTER,
		    jitter);
	return 0;
}

/* QUIT, SIGQUIT, quit or 3. */
static int
take_signal(struct app *a, const char *text)
{
	const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
	const char *known;
	char *end;
	long n;

	n = strtol(text, &end, 10);
	if (end != text && *end == '\0' && n >= 1 && n <= SIGNALS) {
		option_set(a, CADRE_STOP_SIGNAL, n);
		return 0;
	}
	for (int i = 1; i <= SIGNALS; i++) {
		known = sigabbrev_np(i);
		if (known != NULL && strcasecmp(known, name) == 0) {
			option_set(a, CADRE_STOP_SIGNAL, i);
			return 0;
		}
	}
	return verb_usage(a->verb, "flag --stop-signal needs a signal such as "
	    "QUIT or 3, not '%s'", text);
}

/* What happens to a message for a worker that does not read. */
static int
take_policy(struct app *a, const char *text)
{
	static const char *const policies[] = {
		[CADRE_DROP_NEWEST] = "newest",
		[CADRE_DROP_OLDEST] = "oldest",
		[CADRE_DROP_PEER] = "peer",
	};

	for (int i = CADRE_DROP_NEWEST; i <= CADRE_DROP_PEER; i++)
		if (strcmp(policies[i], text) == 0) {
			option_set(a, CADRE_MESSAGE_POLICY, i);
			return 0;
		}
	return verb_usage(a->verb, "flag --message-policy needs newest, oldest "
	    "or peer, not '%s'", text);
}

static int
take_listen(struct app *a, const char *text)
{
	if (a->listens == CADRE_LISTENERS_MAX)
		return verb_usage(a->verb, "at most %d of -l",
		    CADRE_LISTENERS_MAX);
	if (strlen(text) >= ADDRESS_BYTES)
		return verb_usage(a->verb, "the address of -l is too long: "
		    NAME_SHOWN, text, "...");
	a->listen[a->listens++] = text;
	return 0;
}

static int
take_env(struct app *a, const char *text)
{
	if (a->envs == CADRE_ENV_MAX)
		return verb_usage(a->verb, "at most %d of -e", CADRE_ENV_MAX);
	a->env[a->envs++] = text;
	return 0;
}

static int
take_flag(struct app *a, int c, const char *flag, char **argv)
{
	if (intake_is(c))
		return intake_flag(&a->intake, a->verb, c, optarg);
	if (privileges_is(c))
		return privileges_flag(&a->privileges, a->verb, c, optarg);
	switch (c) {
	case 'e':
		return take_env(a, optarg);
	case 'h':
		a->help = true;
		return 0;
	case 'i':
		return verb_instances(a->verb, optarg, &a->instances);
	case 'l':
		return take_listen(a, optarg);
	case 'n':
		a->name = optarg;
		return 0;
	case FLAG_LOG_DIR:
		a->log_dir = optarg;
		return 0;
	case FLAG_LIMIT:
		return take_limit(a, flag, optarg);
	case FLAG_NUMBER:
		return take_number(a, flag, optarg);
	case FLAG_RIGHTS:
	case FLAG_NO_RIGHTS:
		option_set(a, CADRE_MESSAGE_RIGHTS, c == FLAG_RIGHTS);
		return 0;
	case FLAG_POLICY:
		return take_policy(a, optarg);
	case FLAG_PROBE:
		return probe_parse(a->verb, optarg, a->probe);
	case FLAG_STOP_CODES:
		a->stop_codes = optarg;
		return 0;
	case FLAG_STOP_SIGNAL:
		return take_signal(a, optarg);
	case FLAG_WAIT_READY:
		option_set(a, CADRE_READY_AFTER_MS, -1);
		return 0;
	default:
		return verb_flag(a->verb, c, argv);
	}
}

/* What it is called: by -n, else as its program is. */
static int
take_name(struct app *a)
{
	const char *slash = strrchr(a->argv[0], '/');
	bool given = a->name != NULL;
	size_t n;

	if (!given)
		a->name = slash != NULL ? slash + 1 : a->argv[0];
	n = strlen(a->name);
	if (cadre__name_check(a->name) < 0)
		return verb_usage(a->verb, "'" NAME_SHOWN "' is no name for an "
		    "app: 1 to 47 letters, digits, '.', '_' or '-', the first "
		    "a letter or digit%s", a->name, n > 48 ? "..." : "",
		    given ? "" : "; name it with -n");
	if (strcmp(a->name, VERB_ALL) == 0)
		return verb_usage(a->verb, "no app can be called '%s': %s stop "
		    "%s stops all; name it with -n", VERB_ALL, verb_program,
		    VERB_ALL);
	return 0;
}

int
app_flags(struct app *a, const struct verb *v, int argc, char **argv)
{
	struct rlimit nofile;
	int c, code, index = 0;

	*a = (struct app){ .verb = v, .instances = CADRE_WORKERS_MAX };
	/* '+': what follows the program is the program's. */
	while ((c = getopt_long(argc, argv, "+:e:hi:l:n:", options,
	    &index)) != -1) {
		code = take_flag(a, c, options[index].name, argv);
		if (code != 0)
			return code;
		if (a->help) {
			verb_help(v);
			return 0;
		}
	}
	if (optind == argc)
		return verb_usage(v, "which program? type: %s %s [FLAGS] -- "
		    "PROGRAM [ARGUMENTS]", verb_program, v->name);
	a->argv = argv + optind;
	code = privileges_check(&a->privileges, v);
	if (code == 0)
		code = intake_check(&a->intake, v, a->listens, a->instances,
		    privileges_nofile(&a->privileges, &nofile));
	return code == 0 ? take_name(a) : code;
}

int
app_exit(int err)
{
	return err == -EINVAL || err == -EOPNOTSUPP ? EXIT_USAGE : EXIT_FAILED;
}

/* ADDRESS[,OPTION]...: no address of ours has a comma in it. */
static int
listen_on(const struct app *a, struct cadre_master *m, const char *text)
{
	char address[ADDRESS_BYTES], wishes[ADDRESS_BYTES + 32], *comma;

	strcpy(address, text);
	comma = strchr(address, ',');
	if (comma != NULL)
		*comma++ = '\0';
	if (!intake_options(&a->intake, comma, wishes, sizeof(wishes)))
		return -EINVAL;		/* not with the room that it has */
	return cadre_master_listen(m, address, wishes);
}

static int
configure(const struct app *a, struct cadre_master *m)
{
	int err = 0;

	for (unsigned int i = 0; i < a->listens && err == 0; i++)
		err = listen_on(a, m, a->listen[i]);
	for (unsigned int i = 0; i < a->envs && err == 0; i++)
		err = cadre_master_env(m, a->env[i]);
	for (int i = 0; i < CADRE_OPTIONS && err == 0; i++)
		if (a->given[i])
			err = cadre_master_set(m, (enum cadre_option)i,
			    a->value[i]);
	if (err == 0)
		err = intake_set(&a->intake, m);
	if (err == 0 && a->probe[0] != '\0')
		err = cadre_master_probe(m, a->probe);
	if (err == 0)
		err = cadre_master_stop_codes(m, a->stop_codes);
	if (err == 0)
		err = privileges_set(&a->privileges, m);
	if (err == 0 && a->log_dir != NULL)
		err = cadre_master_log_dir(m, a->log_dir);
	/* All that a worker forks, and what the command was left, is ours. */
	if (err == 0)
		err = cadre_master_set(m, CADRE_SUBREAPER, 1);
	if (err == 0)
		err = cadre_master_program(m, a->instances,
		    (const char *const *)a->argv);
	return err;
}

int
app_make(const struct app *a, struct cadre_master **ret_master)
{
	struct cadre_master *m = NULL;
	int err;

	err = cadre_master_new(a->name, &m);
	if (err == 0)
		err = configure(a, m);
	if (err == 0) {
		*ret_master = m;
		return 0;
	}
	verb_tell(a->verb, cadre_error(err));
	cadre_master_free(m);
	return app_exit(err);
}
