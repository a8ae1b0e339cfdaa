/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/capability.h>
#include <sys/syscall.h>

#include "runtime/identity.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define ENTRY_BYTES	65536	/* a line of group(5) names all its members */
#define LOGIN_BYTES	256
#define GROUPS_FIRST	32
#define GROUPS_MOST	65536	/* NGROUPS_MAX */

/* A number of passwd(5). (uid_t)-1 means "as it is" to the kernel. */
static bool
number(const char *text, unsigned int *ret_number)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (*end != '\0' || errno != 0 || n >= UINT32_MAX)
		return false;
	*ret_number = (unsigned int)n;
	return true;
}

static int
unknown(const char *what, const char *name, int err)
{
	if (err != 0)
		return cadre__fail(-err, "cannot look up %s '%.64s': %s", what,
		    name, strerror(err));
	return cadre__fail(-EINVAL, "there is no %s '%.64s'; name one of "
	    "`getent %s`, or a number", what, name,
	    strcmp(what, "user") == 0 ? "passwd" : "group");
}

static int
variables_make(struct identity *id, const struct passwd *pw)
{
	return asprintf(&id->variables[0], "HOME=%s", pw->pw_dir) < 0 ||
	    asprintf(&id->variables[1], "USER=%s", pw->pw_name) < 0 ||
	    asprintf(&id->variables[2], "LOGNAME=%s", pw->pw_name) < 0 ?
	    -ENOMEM : 0;
}

static int
groups_room(struct identity *id, int n)
{
	gid_t *groups;

	groups = reallocarray(id->groups, 2 * (size_t)n, sizeof(*groups));
	if (groups == NULL)
		return -ENOMEM;
	id->groups = groups;
	return 0;
}

/* Those of the user, with its own group; how many, or -errno. */
static int
groups_find(struct identity *id, const char *user)
{
	int n, room = GROUPS_FIRST, err;

	for (;;) {
		err = groups_room(id, room);
		if (err < 0)
			return err;
		n = room;
		if (getgrouplist(user, id->gid, id->groups, &n) >= 0)
			return n;
		if (room >= GROUPS_MOST)
			return cadre__fail(-EINVAL, "'%.64s' is in more groups "
			    "than a process can have", user);
		room = n > room ? n : 2 * room;
	}
}

static int
gid_order(const void *a, const void *b)
{
	gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;

	return (x > y) - (x < y);
}

/* As the kernel keeps them, so that they can be compared. */
static void
groups_sort(struct identity *id, unsigned int n)
{
	qsort(id->groups, n, sizeof(*id->groups), gid_order);
	id->ngroups = 0;
	for (unsigned int i = 0; i < n; i++)
		if (i == 0 || id->groups[i] != id->groups[i - 1])
			id->groups[id->ngroups++] = id->groups[i];
}

static int
group_find(struct identity *id, const char *group, char *room)
{
	struct group gr, *found = NULL;
	int err;

	if (number(group, &id->gid))
		return 0;
	err = getgrnam_r(group, &gr, room, ENTRY_BYTES, &found);
	if (found == NULL)
		return unknown("group", group, err);
	id->gid = gr.gr_gid;
	return 0;
}

/* The login name goes to `login`, unless it has no entry, as a number may. */
static int
user_find(struct identity *id, const char *user, char *room, char *login,
    size_t login_bytes)
{
	struct passwd pw, *found = NULL;
	bool numeric = number(user, &id->uid);
	int err;

	err = numeric ? getpwuid_r(id->uid, &pw, room, ENTRY_BYTES, &found) :
	    getpwnam_r(user, &pw, room, ENTRY_BYTES, &found);
	if (found == NULL && !numeric)
		return unknown("user", user, err);
	snprintf(id->name, sizeof(id->name), "%s", user);
	if (found == NULL)
		return 0;
	id->uid = pw.pw_uid;
	id->gid = pw.pw_gid;
	if (snprintf(login, login_bytes, "%s", pw.pw_name) >= (int)login_bytes)
		return cadre__fail(-EINVAL, "the name of uid %u is too long",
		    id->uid);
	return variables_make(id, &pw);
}

static int
find(struct identity *id, const char *user, const char *group, char *room)
{
	char login[LOGIN_BYTES] = "";
	int n = 1, err = 0;

	id->uid = geteuid();
	if (user != NULL)
		err = user_find(id, user, room, login, sizeof(login));
	else
		snprintf(id->name, sizeof(id->name), "uid %u", id->uid);
	if (err == 0 && group != NULL)
		err = group_find(id, group, room);
	else if (err == 0 && login[0] == '\0')
		err = cadre__fail(-EINVAL, "uid %u has no entry in passwd(5), "
		    "so no group: name that, too", id->uid);
	if (err == 0 && login[0] != '\0')
		err = n = groups_find(id, login);
	else if (err == 0 && (err = groups_room(id, 1)) == 0)
		id->groups[0] = id->gid;
	if (err < 0)
		return err;
	groups_sort(id, (unsigned int)n);
	return 0;
}

int
identity_find(struct identity *ret, const char *user, const char *group)
{
	struct identity id = { .asked = true };
	char *room;
	int err;

	if (user == NULL && group == NULL)
		return cadre__fail(-EINVAL, "as which user? there is none");
	room = malloc(ENTRY_BYTES);
	if (room == NULL)
		return -ENOMEM;
	err = find(&id, user, group, room);
	free(room);
	if (err < 0) {
		identity_free(&id);
		return err;
	}
	identity_free(ret);
	*ret = id;
	return 0;
}

void
identity_free(struct identity *id)
{
	for (size_t i = 0; i < sizeof(id->variables) /
	    sizeof(id->variables[0]); i++)
		free(id->variables[i]);
	free(id->groups);
	*id = (struct identity){ .asked = false };
}

static int
capabilities(struct __user_cap_data_struct have[2])
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return syscall(SYS_capget, &header, have) < 0 ? -errno : 0;
}

/*
 * Who keeps uid and gid and may not change groups keeps those, too. To end a
 * worker of another uid takes CAP_KILL.
 */
int
identity_settle(struct identity *id)
{
	const uint32_t needs = 1U << CAP_SETUID | 1U << CAP_SETGID |
	    1U << CAP_KILL;
	struct __user_cap_data_struct have[2];
	bool same;
	int err;

	if (!id->asked)
		return 0;
	err = capabilities(have);
	if (err < 0)
		return err;
	same = id->uid == geteuid() && id->uid == getuid() &&
	    id->gid == getegid() && id->gid == getgid();
	id->changes = !same || (have[0].effective & needs) == needs;
	if (!id->changes || (have[0].effective & needs) == needs)
		return 0;
	return cadre__fail(-EPERM, "workers cannot run as %s (uid %u, gid %u): "
	    "this process, of uid %u, may not change its own; start it as "
	    "root, or with CAP_SETUID, CAP_SETGID and CAP_KILL", id->name, id->uid,
	    id->gid, geteuid());
}

int
identity_become(uid_t uid, gid_t gid, const gid_t *groups, unsigned int n,
    const char **ret_call)
{
	*ret_call = "setgroups";
	if (CADRE_FAULT("identity.setgroups") < 0 || setgroups(n, groups) < 0)
		return -errno;
	*ret_call = "setresgid";
	if (CADRE_FAULT("identity.setresgid") < 0 ||
	    setresgid(gid, gid, gid) < 0)
		return -errno;
	*ret_call = "setresuid";
	return CADRE_FAULT("identity.setresuid") < 0 ||
	    setresuid(uid, uid, uid) < 0 ? -errno : 0;
}

int
capabilities_drop(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { .effective = 0 } };

	return CADRE_FAULT("identity.capset") < 0 ||
	    syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

int
identity_take(const struct identity *id)
{
	const char *call = "capset";
	int err = 0;

	if (!id->asked)
		return 0;
	if (id->changes)
		err = identity_become(id->uid, id->gid, id->groups,
		    id->ngroups, &call);
	if (err == 0 && id->uid != 0) {
		call = "capset";
		err = capabilities_drop();
	}
	if (err == 0)
		return 0;
	return cadre__fail(err, "cannot become %s (uid %u, gid %u): %s: %s%s",
	    id->name, id->uid, id->gid, call, strerror(-err), err == -EINVAL ?
	    "; is it mapped in this user namespace?" : "");
}

static bool
ids_are(const struct identity *id)
{
	uid_t real, effective, saved;
	gid_t rgid, egid, sgid;

	return getresuid(&real, &effective, &saved) == 0 &&
	    getresgid(&rgid, &egid, &sgid) == 0 &&
	    real == id->uid && effective == id->uid && saved == id->uid &&
	    rgid == id->gid && egid == id->gid && sgid == id->gid;
}

static bool
groups_are(const struct identity *id)
{
	gid_t *found = id->groups + id->ngroups;
	int n;

	/* There is room for as many as it shall have; more do not fit. */
	n = getgroups((int)id->ngroups, found);
	if (n < 0 || (unsigned int)n != id->ngroups)
		return false;
	qsort(found, id->ngroups, sizeof(*found), gid_order);
	return memcmp(found, id->groups, id->ngroups * sizeof(*found)) == 0;
}

static bool
has_none(void)
{
	struct __user_cap_data_struct have[2];

	if (capabilities(have) < 0)
		return false;
	for (int i = 0; i < 2; i++)
		if ((have[i].effective | have[i].permitted |
		    have[i].inheritable) != 0)
			return false;
	return true;
}

int
identity_verify(const struct identity *id)
{
	const char *wrong = NULL;

	if (!id->asked)
		return 0;
	if (CADRE_FAULT("identity.verify") < 0 || !ids_are(id))
		wrong = "its uids or gids are others";
	else if (id->changes && !groups_are(id))
		wrong = "its groups are others";
	else if (id->uid != 0 && !has_none())
		wrong = "it has capabilities";
	else if (id->uid != 0 && setuid(0) == 0)
		wrong = "it could become root again";
	return wrong == NULL ? 0 : cadre__fail(-EPERM, "as %s (uid %u, gid "
	    "%u): %s", id->name, id->uid, id->gid, wrong);
}
