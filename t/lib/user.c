/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers of a user of their own; see user.h. */
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/sendfile.h>
#include <sys/stat.h>

#include <cadre/cadre.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"
#include "t/lib/user.h"

void
user_take(struct cadre_master *m)
{
	const gid_t groups[] = { 0, 1, 54329 };

	if (chmod(getenv("CADRE_RUNTIME_DIR"), 0755) < 0 ||
	    setgroups(3, groups) < 0 ||
	    cadre_master_user(m, USER_TEXT, USER_GROUP) < 0)
		exit(98);
}

const char *
user_program(void)
{
	static char path[128];
	int from = open(exec_path(), O_RDONLY | O_CLOEXEC), to;
	struct stat st;

	snprintf(path, sizeof(path), "%s/program", getenv("CADRE_RUNTIME_DIR"));
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (from < 0 || to < 0 || fstat(from, &st) < 0 || sendfile(to, from,
	    NULL, (size_t)st.st_size) != st.st_size)
		exit(97);
	close(from);
	close(to);
	return path;
}

const char *
user_status(pid_t pid, const char *key)
{
	static char lines[2][256], path[48];
	static unsigned int turn;	/* two of them can be compared */
	char *line = lines[turn++ % 2];
	size_t n = strlen(key);
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(lines[0]), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, key, n) != 0 || line[n] != ':')
			continue;
		fclose(f);
		return line + n + 1 + strspn(line + n + 1, "\t ");
	}
	if (f != NULL)
		fclose(f);
	return "";
}

void
user_is(pid_t pid, pid_t master, const char *who)
{
	static const char *const none[] = { "CapInh", "CapPrm", "CapEff",
	    "CapAmb" };

	is_str(user_status(pid, "Uid"), "54321\t54321\t54321\t54321",
	    "%s: its uids", who);
	is_str(user_status(pid, "Gid"), "54323\t54323\t54323\t54323",
	    "%s: its gids", who);
	is_str(user_status(pid, "Groups"), "54323 ", "%s: its groups", who);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		is_str(user_status(pid, none[i]), "0000000000000000",
		    "%s: %s is empty", who, none[i]);
	is_str(user_status(pid, "CapBnd"), user_status(master, "CapBnd"),
	    "%s: the bounding set is as it was", who);
	is_str(user_status(pid, "NoNewPrivs"), "1", "%s: no new rights", who);
}
