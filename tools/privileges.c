/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/rlimits.h"
#include "tools/privileges.h"

#define SHOWN	"%.200s"

static const char *const names[] = {
	"user", "group", "no-new-privs", "new-privs", "rlimit", "umask",
	"chdir", "cpu-affinity", "clean-env", "pass-env",
};

const char *
privileges_name(enum privileges_flag flag)
{
	return names[flag - PRIVILEGES_USER];
}

/* The last one of that kind, or NULL. */
static const char *
text_of(const struct privileges_flags *p, enum privileges_flag flag)
{
	for (unsigned int i = p->n; i > 0; i--)
		if (p->given[i - 1].flag == flag)
			return p->given[i - 1].text;
	return NULL;
}

static bool
octal(const char *text, unsigned int *ret_mask)
{
	unsigned long n;
	char *end;

	if (*text < '0' || *text > '7')
		return false;
	n = strtoul(text, &end, 8);
	*ret_mask = (unsigned int)n;
	return *end == '\0' && n <= 0777;
}

int
privileges_flag(struct privileges_flags *p, const struct verb *v, int c,
    const char *text)
{
	enum privileges_flag flag = (enum privileges_flag)c;
	unsigned int mask;

	if (p->n == PRIVILEGES_MAX)
		return verb_usage(v, "at most %d flags about users, limits and "
		    "environment", PRIVILEGES_MAX);
	if (flag == PRIVILEGES_UMASK && !octal(text, &mask))
		return verb_usage(v, "flag --umask needs an octal number, 0 to "
		    "777, not '" SHOWN "'", text);
	p->given[p->n].flag = flag;
	p->given[p->n++].text = text != NULL ? text : "";
	return 0;
}

int
privileges_check(const struct privileges_flags *p, const struct verb *v)
{
	if (text_of(p, PRIVILEGES_PASS) != NULL &&
	    text_of(p, PRIVILEGES_CLEAN) == NULL)
		return verb_usage(v, "--pass-env is for --clean-env; type "
		    "both, or neither: all variables are passed on then");
	if (text_of(p, PRIVILEGES_NEW) != NULL &&
	    text_of(p, PRIVILEGES_NO_NEW) != NULL)
		return verb_usage(v, "--new-privs and --no-new-privs "
		    "contradict each other; leave one out");
	return 0;
}

const struct rlimit *
privileges_nofile(const struct privileges_flags *p, struct rlimit *room)
{
	struct rlimits r = { .given = { false } };

	for (unsigned int i = 0; i < p->n; i++)
		if (p->given[i].flag == PRIVILEGES_RLIMIT)
			(void)rlimits_add(&r, p->given[i].text);
	if (!r.given[RLIMIT_NOFILE])
		return NULL;
	*room = r.of[RLIMIT_NOFILE];
	return room;
}

static int
set(struct cadre_master *m, enum privileges_flag flag, const char *text)
{
	unsigned int mask = 0;

	switch (flag) {
	case PRIVILEGES_NO_NEW:
	case PRIVILEGES_NEW:
		return cadre_master_no_new_privs(m, flag == PRIVILEGES_NO_NEW);
	case PRIVILEGES_RLIMIT:
		return cadre_master_rlimit(m, text);
	case PRIVILEGES_UMASK:
		(void)octal(text, &mask);
		return cadre_master_umask(m, mask);
	case PRIVILEGES_CHDIR:
		return cadre_master_chdir(m, text);
	case PRIVILEGES_AFFINITY:
		return cadre_master_affinity(m, text);
	case PRIVILEGES_CLEAN:
		return cadre_master_clean_env(m, NULL);
	case PRIVILEGES_PASS:
		return cadre_master_clean_env(m, text);
	default:			/* the user is set as a whole */
		return 0;
	}
}

int
privileges_set(const struct privileges_flags *p, struct cadre_master *m)
{
	const char *user = text_of(p, PRIVILEGES_USER);
	const char *group = text_of(p, PRIVILEGES_GROUP);
	int err = 0;

	if (user != NULL || group != NULL)
		err = cadre_master_user(m, user, group);
	for (unsigned int i = 0; i < p->n && err == 0; i++)
		err = set(m, p->given[i].flag, p->given[i].text);
	return err;
}
