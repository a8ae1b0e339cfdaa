/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/rlimits.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define NAMES	"as, core, cpu, data, fsize, locks, memlock, msgqueue, nice, " \
    "nofile, nproc, rss, rtprio, rttime, sigpending, stack"

/* As prlimit(1) calls them. */
static const struct {
	const char	*name;
	int		resource;
} names[] = {
	{ "as", RLIMIT_AS }, { "core", RLIMIT_CORE }, { "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA }, { "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS }, { "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE }, { "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE }, { "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS }, { "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME }, { "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};
#define COUNT	(sizeof(names) / sizeof(names[0]))

/* A number or "unlimited", up to `end`; what follows it, or NULL. */
static const char *
number(const char *text, rlim_t *ret_number)
{
	static const char most[] = "unlimited";
	unsigned long long n;
	char *end;

	if (strncmp(text, most, sizeof(most) - 1) == 0) {
		*ret_number = RLIM_INFINITY;
		return text + sizeof(most) - 1;
	}
	if (*text < '0' || *text > '9')
		return NULL;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno != 0 || n >= RLIM_INFINITY)
		return NULL;
	*ret_number = (rlim_t)n;
	return end;
}

static int
parse(const char *text, struct rlimit *ret_limit)
{
	const char *at;

	at = number(text, &ret_limit->rlim_cur);
	ret_limit->rlim_max = ret_limit->rlim_cur;
	if (at != NULL && *at == ':')
		at = number(at + 1, &ret_limit->rlim_max);
	if (at == NULL || *at != '\0')
		return cadre__fail(-EINVAL, "'%.64s' is no limit: it is SOFT "
		    "or SOFT:HARD, each a whole number or unlimited", text);
	if (ret_limit->rlim_cur > ret_limit->rlim_max)
		return cadre__fail(-EINVAL, "the soft limit in '%.64s' is "
		    "above the hard one", text);
	return 0;
}

int
rlimits_add(struct rlimits *r, const char *text)
{
	size_t n = text != NULL ? strcspn(text, "=") : 0;
	struct rlimit limit;
	int err;

	for (size_t i = 0; n > 0 && text[n] == '=' && i < COUNT; i++) {
		if (strlen(names[i].name) != n ||
		    strncmp(names[i].name, text, n) != 0)
			continue;
		err = parse(text + n + 1, &limit);
		if (err < 0)
			return err;
		r->given[names[i].resource] = true;
		r->of[names[i].resource] = limit;
		return 0;
	}
	return cadre__fail(-EINVAL, "'%.64s' is not NAME=SOFT[:HARD], with a "
	    "NAME of " NAMES, text != NULL ? text : "");
}

int
rlimits_check(const struct rlimits *r, unsigned int descriptors)
{
	if (!r->given[RLIMIT_NOFILE] ||
	    r->of[RLIMIT_NOFILE].rlim_cur >= descriptors)
		return 0;
	return cadre__fail(-EINVAL, "the limit nofile=%llu is too small: a "
	    "worker needs %u descriptors for itself, and one for each "
	    "connection", (unsigned long long)r->of[RLIMIT_NOFILE].rlim_cur,
	    descriptors);
}

static void
show(rlim_t n, char *to, size_t room)
{
	if (n == RLIM_INFINITY)
		snprintf(to, room, "unlimited");
	else
		snprintf(to, room, "%llu", (unsigned long long)n);
}

static int
refused(size_t i, const struct rlimit *limit, int err)
{
	char soft[24], hard[24], most[24];
	struct rlimit now = { 0, 0 };

	getrlimit(names[i].resource, &now);
	show(limit->rlim_cur, soft, sizeof(soft));
	show(limit->rlim_max, hard, sizeof(hard));
	show(now.rlim_max, most, sizeof(most));
	return cadre__fail(err, "cannot set the limit %s=%s:%s: %s; the hard "
	    "limit is %s%s", names[i].name, soft, hard, strerror(-err), most,
	    err == -EPERM ? ", and to raise it takes CAP_SYS_RESOURCE" : "");
}

int
rlimits_take(const struct rlimits *r)
{
	const struct rlimit *limit;

	for (size_t i = 0; i < COUNT; i++) {
		limit = &r->of[names[i].resource];
		if (r->given[names[i].resource] &&
		    (CADRE_FAULT("rlimits.set") < 0 ||
		    setrlimit(names[i].resource, limit) < 0))
			return refused(i, limit, -errno);
	}
	return 0;
}
