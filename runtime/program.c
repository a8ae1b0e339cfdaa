/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program that a worker is: found and checked before anything starts, so
 * that a wrong word in a command line gives an error and no crash loop.
 */
#include <ctype.h>
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <cadre/error.h>

#include "runtime/program.h"
#include "runtime/surroundings.h"
#include "shm/fail.h"

#define INTERPRETERS_MAX	4	/* of interpreters, as the kernel */
#define HEAD_BYTES		256	/* that the kernel looks at */
#define PATH_USUAL		"/usr/local/bin:/usr/bin:/bin"
#define BINFMT_DIR		"/proc/sys/fs/binfmt_misc"

/* Formats that somebody registered: `register` and `status` always stand there. */
static bool
other_formats(void)
{
	const struct dirent *entry;
	bool found = false;
	DIR *d = opendir(BINFMT_DIR);

	while (d != NULL && !found && (entry = readdir(d)) != NULL)
		found = entry->d_name[0] != '.' &&
		    strcmp(entry->d_name, "register") != 0 &&
		    strcmp(entry->d_name, "status") != 0;
	if (d != NULL)
		closedir(d);
	return found;
}

static int
file_check(const char *path)
{
	struct stat st;
	int err;

	if (stat(path, &st) < 0) {
		err = -errno;
		return cadre__fail(err, "%.256s: %s", path, strerror(-err));
	}
	if (!S_ISREG(st.st_mode))
		return cadre__fail(-EACCES, "%s is no program, but a %s", path,
		    S_ISDIR(st.st_mode) ? "directory" : "special file");
	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0) {
		err = -errno;
		return cadre__fail(err, "%s cannot be executed: %s; type: "
		    "chmod +x %s", path, strerror(-err), path);
	}
	return 0;
}

/* The word after #!, in place. */
static char *
interpreter(char *head)
{
	char *word = head + 2 + strspn(head + 2, " \t");

	word[strcspn(word, " \t\r\n")] = '\0';
	return word;
}

/*
 * What execve(2) will say, said before. A file that may be run but not read
 * is left to it.
 */
static int
format_check(const char *path, int depth)
{
	char head[HEAD_BYTES + 1], why[256];
	ssize_t n;
	int err, fd;

	err = file_check(path);
	if (err < 0)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return 0;
	n = read(fd, head, HEAD_BYTES);
	close(fd);
	if (n < 0)
		return 0;
	head[n] = '\0';
	if (n >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
		return 0;
	if (n < 2 || head[0] != '#' || head[1] != '!')
		return other_formats() ? 0 : cadre__fail(-ENOEXEC, "%s is "
		    "neither a program for this machine nor begins with #! and "
		    "an interpreter", path);
	if (depth == INTERPRETERS_MAX)
		return cadre__fail(-ENOEXEC, "%s: its interpreter is itself a "
		    "script, too many times", path);
	if (*interpreter(head) == '\0')
		return cadre__fail(-ENOEXEC, "%s names no interpreter behind #!",
		    path);
	err = format_check(interpreter(head), depth + 1);
	if (err == 0)
		return 0;
	snprintf(why, sizeof(why), "%s", cadre_error(err));
	return cadre__fail(err, "%s: its interpreter: %s", path, why);
}

/* In the first directory of PATH that has it; one that cannot run is kept. */
static int
path_search(const char *name, char **ret_path)
{
	const char *at = getenv("PATH"), *end;
	char path[4096];
	int n;

	if (at == NULL || *at == '\0')
		at = PATH_USUAL;
	for (;; at = end + 1) {
		end = strchrnul(at, ':');
		n = snprintf(path, sizeof(path), "%.*s%s%s", (int)(end - at),
		    at, end > at ? "/" : "./", name);
		if (n > 0 && (size_t)n < sizeof(path) &&
		    file_check(path) == 0) {
			*ret_path = strdup(path);
			return *ret_path != NULL ? 0 : -ENOMEM;
		}
		if (*end == '\0')
			break;
	}
	return cadre__fail(-ENOENT, "there is no program %.128s in PATH; type "
	    "its path, as ./%.128s", name, name);
}

static int
argv_copy(struct program *p, const char *const *argv)
{
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	p->argv = calloc(n + 1, sizeof(*p->argv));
	for (size_t i = 0; p->argv != NULL && i < n; i++)
		if ((p->argv[i] = strdup(argv[i])) == NULL)
			return -ENOMEM;
	return p->argv != NULL ? 0 : -ENOMEM;
}

static void
argv_free(struct program *p)
{
	for (char **a = p->argv; a != NULL && *a != NULL; a++)
		free(*a);
	free(p->argv);
	free(p->path);
	p->argv = NULL;
	p->path = NULL;
}

int
program_set(struct program *p, const char *const *argv)
{
	int err = 0;

	if (argv == NULL || argv[0] == NULL || argv[0][0] == '\0')
		return cadre__fail(-EINVAL, "which program? there is none");
	argv_free(p);
	if (strchr(argv[0], '/') == NULL)
		err = path_search(argv[0], &p->path);
	else if ((p->path = strdup(argv[0])) == NULL)
		err = -ENOMEM;
	if (err == 0)
		err = format_check(p->path, 0);
	if (err == 0)
		err = argv_copy(p, argv);
	if (err < 0)
		argv_free(p);
	return err;
}

int
program_check(const struct program *p)
{
	return format_check(p->path, 0);
}

static size_t
name_length(const char *assignment)
{
	size_t n = strcspn(assignment, "=");

	for (size_t i = 0; i < n; i++)
		if (!isascii(assignment[i]) || (assignment[i] != '_' &&
		    !isalnum(assignment[i])))
			return 0;
	return assignment[n] == '=' ? n : 0;
}

int
program_assign(struct program *p, const char *assignment)
{
	size_t n = assignment != NULL ? name_length(assignment) : 0;
	unsigned int i = 0;
	char *copy;

	if (n == 0 || isdigit(assignment[0]))
		return cadre__fail(-EINVAL, "%.64s is not NAME=VALUE, with a "
		    "NAME of letters, digits and _", assignment != NULL ?
		    assignment : "(none)");
	if (surroundings_owns(assignment, n))
		return cadre__fail(-EINVAL, "%.*s is set by the runtime itself",
		    (int)n, assignment);
	while (i < p->nenv && strncmp(p->env[i], assignment, n + 1) != 0)
		i++;
	if (i == CADRE_ENV_MAX)
		return cadre__fail(-ENOSPC, "%.*s is one variable too many: "
		    "there can be %d", (int)n, assignment, CADRE_ENV_MAX);
	copy = strdup(assignment);
	if (copy == NULL)
		return -ENOMEM;
	if (i == p->nenv)
		p->env[p->nenv++] = NULL;
	free(p->env[i]);
	p->env[i] = copy;
	return 0;
}

void
program_free(struct program *p)
{
	argv_free(p);
	for (unsigned int i = 0; i < p->nenv; i++)
		free(p->env[i]);
	p->nenv = 0;
}
