/* t/04-identity: who is not what was asked for, or could go back, is found out; root only in part */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <cadre/error.h>

#include "runtime/identity.h"
#include "t/lib/tap.h"

#define UID	54321
#define GID	54323

static gid_t groups[4] = { GID };
static const struct identity asked = { .asked = true, .changes = true,
	.uid = UID, .gid = GID, .groups = groups, .ngroups = 1, .name = "it" };

/* Each makes something else of a process than was asked for. */
static int
all(void)
{
	return identity_take(&asked);
}

static int
way_back(void)
{
	return setgroups(1, groups) < 0 || setresgid(GID, GID, GID) < 0 ||
	    setresuid(UID, UID, 0);
}

static int
other_group(void)
{
	return setgroups(1, groups) < 0 || setresgid(GID, GID, 0) < 0 ||
	    setresuid(UID, UID, UID);
}

static int
more_groups(void)
{
	const gid_t more[] = { GID, 0 };

	return setgroups(2, more) < 0 || setresgid(GID, GID, GID) < 0 ||
	    setresuid(UID, UID, UID);
}

static int
kept(void)
{
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ||
	    setgroups(1, groups) < 0 || setresgid(GID, GID, GID) < 0 ||
	    setresuid(UID, UID, UID);
}

static const struct row {
	const char	*what;
	int		(*make)(void);
	int		err;
	const char	*says;
} rows[] = {
	{ "as asked", all, 0, "" },
	{ "root as the saved uid", way_back, -EPERM, "uids or gids" },
	{ "another saved gid", other_group, -EPERM, "uids or gids" },
	{ "a group more", more_groups, -EPERM, "groups are others" },
	{ "capabilities kept", kept, -EPERM, "it has capabilities" },
};

static void
become(const struct row *r)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		is_int(r->make(), 0, "%s", r->what);
		is_int(identity_verify(&asked), r->err, "%s: the look", r->what);
		ok(r->err == 0 || strstr(cadre_error(r->err), r->says) != NULL,
		    "%s", r->err < 0 ? cadre_error(r->err) : "no word");
		_exit(0);
	}
	waitpid(pid, &status, 0);
	is_int(status, 0, "%s: done", r->what);
}

static void
find(const char *user, const char *group, int err, const char *says)
{
	struct identity id = { .asked = false };

	is_int(identity_find(&id, user, group), err, "%s, %s",
	    user != NULL ? user : "-", group != NULL ? group : "-");
	if (err < 0)
		ok(!id.asked && strstr(cadre_error(err), says) != NULL, "%s",
		    cadre_error(err));
	identity_free(&id);
}

int
main(void)
{
	struct identity id = { .asked = false };

	find(NULL, NULL, -EINVAL, "as which user");
	find("", NULL, -EINVAL, "no user ''");
	find("no such user", NULL, -EINVAL, "no user 'no such user'");
	find("root", "no such group", -EINVAL, "no group 'no such group'");
	find("4294967295", "0", -EINVAL, "no user");
	find("4294967296", "0", -EINVAL, "no user");
	find("-1", "0", -EINVAL, "no user");
	find("54321", NULL, -EINVAL, "name that, too");
	find("54321", "54323", 0, "");
	find(NULL, "54323", 0, "");
	ok(identity_find(&id, "root", NULL) == 0 && id.uid == 0 &&
	    id.gid == 0 && id.ngroups >= 1 && id.groups[0] == 0,
	    "root has its group");
	is_str(id.variables[1], "USER=root", "and its name");
	identity_free(&id);
	if (geteuid() != 0)
		skip(1, "needs root, to become others");
	for (const struct row *r = rows; geteuid() == 0 &&
	    r < rows + sizeof(rows) / sizeof(*r); r++)
		become(r);
	return done_testing();
}
