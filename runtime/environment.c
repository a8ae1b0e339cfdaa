/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/environment.h"
#include "runtime/identity.h"
#include "runtime/surroundings.h"
#include "shm/fail.h"
#include "shm/fault.h"

/* What of a user's stands in it; an identity brings its own, or none. */
static const char *const of_user[] = { "HOME", "USER", "LOGNAME" };

static bool
is_name(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isascii(text[i]) || (text[i] != '_' &&
		    !isalnum(text[i])))
			return false;
	return n > 0 && !isdigit(text[0]);
}

static int
name_check(const char *text, size_t n)
{
	if (!is_name(text, n))
		return cadre__fail(-EINVAL, "'%.*s' is no name of a variable: "
		    "letters, digits and _", n < 64 ? (int)n : 64, text);
	if (surroundings_owns(text, n))
		return cadre__fail(-EINVAL, "%.*s is set by the runtime itself",
		    (int)n, text);
	return 0;
}

int
environment_clean(struct environment *e, const char *pass)
{
	unsigned int before = e->passes;
	const char *at = pass;
	int err = 0;
	size_t n;

	while (at != NULL && err == 0) {
		n = strcspn(at, ",");
		err = name_check(at, n);
		if (err == 0 && e->passes == CADRE_ENV_MAX)
			err = cadre__fail(-ENOSPC, "%.*s is one variable too "
			    "many: %d can be passed on", (int)n, at,
			    CADRE_ENV_MAX);
		if (err == 0 &&
		    (e->pass[e->passes] = strndup(at, n)) == NULL)
			err = -ENOMEM;
		e->passes += err == 0;
		at = at[n] == ',' ? at + n + 1 : NULL;
	}
	while (err < 0 && e->passes > before)
		free(e->pass[--e->passes]);
	e->clean |= err == 0;
	return err;
}

void
environment_free(struct environment *e)
{
	while (e->passes > 0)
		free(e->pass[--e->passes]);
	e->clean = false;
}

static bool
is_called(const char *name, const char *variable, size_t n)
{
	return strlen(name) == n && memcmp(name, variable, n) == 0;
}

bool
environment_passes(const struct environment *e, const struct identity *id,
    const char *variable, size_t n)
{
	for (unsigned int i = 0; i < e->passes; i++)
		if (is_called(e->pass[i], variable, n))
			return true;
	for (size_t i = 0; id->asked && i < sizeof(of_user) /
	    sizeof(of_user[0]); i++)
		if (is_called(of_user[i], variable, n))
			return false;
	return !e->clean;
}

/* As in cadre_region_open(): the directory that has the app's in it. */
static int
base_keep(const char *app_dir)
{
	const char *slash = strrchr(app_dir, '/');
	char base[256];
	size_t n;

	if (slash == NULL || (n = (size_t)(slash - app_dir)) >= sizeof(base))
		return 0;
	memcpy(base, app_dir, n);
	base[n] = '\0';
	return setenv("CADRE_RUNTIME_DIR", base, 1) < 0 ? -errno : 0;
}

int
environment_take(const struct environment *e, const struct identity *id,
    const char *app_dir)
{
	size_t kept = 0;
	const char *eq;

	if (!e->clean && !id->asked)
		return 0;
	/* In its place: the list is a copy of the master's, and ours. */
	for (size_t i = 0; environ != NULL && environ[i] != NULL; i++)
		if (environment_passes(e, id, environ[i],
		    strcspn(environ[i], "=")))
			environ[kept++] = environ[i];
	if (environ != NULL)
		environ[kept] = NULL;
	for (size_t i = 0; i < sizeof(of_user) / sizeof(of_user[0]); i++) {
		if (id->variables[i] == NULL)
			continue;
		eq = strchr(id->variables[i], '=');
		if (CADRE_FAULT("environment.user") < 0 ||
		    setenv(of_user[i], eq + 1, 0) < 0)
			return -errno;
	}
	return e->clean ? base_keep(app_dir) : 0;
}
