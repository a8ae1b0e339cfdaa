/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens at a fault point; a build without --enable-faults does not have
 * this file. The environment is read at the first pass of a process, and a
 * fork inherits what was found. Counts are in shared memory and are added to
 * with a lock prefix: a test has all the time there is.
 */
#include "shm/export.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#define ERRNO_MAX	133		/* the last that Linux has */

typedef int action_fn(long number);

static struct armed {
	const char	*name;
	action_fn	*act;
	long		number;		/* milliseconds, or an errno */
	uint64_t	pass;		/* 0: each */
} armed[CADRE__FAULTS_MAX];
static unsigned int narmed;
static struct cadre__fault_count *counts;
static bool looked;

static int
act_count(long number)
{
	(void)number;
	return 0;
}

static int
act_kill(long number)
{
	(void)number;
	return kill(getpid(), SIGKILL);
}

static int
act_stop(long number)
{
	(void)number;
	return kill(getpid(), SIGSTOP);
}

static int
act_delay(long number)
{
	(void)poll(NULL, 0, (int)number);
	return 0;
}

static int
act_errno(long number)
{
	errno = (int)number;
	return (int)-number;
}

/* Decimal, at least 1, and nothing behind it. */
static bool
count_of(const char *text, long *ret_number)
{
	char *end;

	*ret_number = text != NULL ? strtol(text, &end, 10) : 0;
	return *ret_number > 0 && *end == '\0';
}

static bool
errno_of(const char *text, long *ret_number)
{
	for (int i = 1; text != NULL && i <= ERRNO_MAX; i++)
		if (strerrorname_np(i) != NULL &&
		    strcmp(strerrorname_np(i), text) == 0) {
			*ret_number = i;
			return true;
		}
	return false;
}

static const struct action {
	const char	*name;
	action_fn	*act;
	bool		(*number)(const char *, long *);  /* NULL: has none */
} actions[] = {
	{ "count", act_count, NULL },
	{ "kill", act_kill, NULL },
	{ "stop", act_stop, NULL },
	{ "delay", act_delay, count_of },
	{ "errno", act_errno, errno_of },
};

/* NAME:ACTION[:NUMBER][@N], which is cut into its parts. */
static bool
arm(char *word, struct armed *a)
{
	char *pass, *action, *number;
	const struct action *found = NULL;
	long n = 1;

	if ((pass = strchr(word, '@')) != NULL)
		*pass++ = '\0';
	if ((action = strchr(word, ':')) == NULL)
		return false;
	*action++ = '\0';
	if ((number = strchr(action, ':')) != NULL)
		*number++ = '\0';
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].name, action) == 0)
			found = &actions[i];
	if (found == NULL || (found->number != NULL ?
	    !found->number(number, &a->number) : number != NULL))
		return false;
	if (pass != NULL && strcmp(pass, "*") == 0)
		n = 0;
	else if (pass != NULL && !count_of(pass, &n))
		return false;
	a->name = word;
	a->act = found->act;
	a->pass = (uint64_t)n;
	return true;
}

static void *
counts_map(const char *path)
{
	size_t bytes = CADRE__FAULTS_MAX * sizeof(*counts);
	int fd = -1;
	void *map;

	if (path != NULL)
		fd = open(path, O_RDWR | O_CLOEXEC);
	map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
	if (fd >= 0)
		close(fd);
	return map != MAP_FAILED ? map : NULL;
}

static void
look(void)
{
	const char *text = getenv("CADRE_FAULT");
	char *words, *word, *save = NULL;

	looked = true;
	if (text == NULL || (words = strdup(text)) == NULL)
		return;
	counts = counts_map(getenv("CADRE_FAULT_COUNTS"));
	for (word = strtok_r(words, ",", &save); word != NULL;
	    word = strtok_r(NULL, ",", &save))
		if (counts != NULL && narmed < CADRE__FAULTS_MAX &&
		    arm(word, &armed[narmed]))
			narmed++;
		else
			dprintf(STDERR_FILENO, "CADRE_FAULT: %s is not "
			    "NAME:ACTION[@N]\n", word);
}

int
cadre__fault(const struct cadre__fault *fault)
{
	int err = 0, saved = errno;
	struct armed *a;
	uint64_t pass;

	if (!looked)
		look();
	for (a = armed; a < armed + narmed && err == 0; a++) {
		if (a->name == NULL || strcmp(a->name, fault->name) != 0)
			continue;
		pass = __atomic_add_fetch(&counts[a - armed].passes, 1,
		    __ATOMIC_RELAXED);
		if (a->pass != 0 && a->pass != pass)
			continue;
		__atomic_store_n(&counts[a - armed].pid, (uint64_t)getpid(),
		    __ATOMIC_RELEASE);
		err = a->act(a->number);
	}
	if (!fault->fails || err == 0)
		errno = saved;
	return fault->fails ? err : 0;
}
