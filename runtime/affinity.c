/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cadre/privileges.h>

#include "runtime/affinity.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define TOPOLOGY_DIR	"/sys/devices/system/cpu"
#define SETS		((CADRE_CPU_MAX + CPU_SETSIZE) / CPU_SETSIZE)

/* "3" or "0-3" up to a comma or the end; what follows, or NULL. */
static const char *
range(const char *text, unsigned int *ret_first, unsigned int *ret_last)
{
	unsigned long n;
	char *end;

	for (int i = 0; i < 2; i++) {
		if (*text < '0' || *text > '9')
			return NULL;
		n = strtoul(text, &end, 10);
		if (n > CADRE_CPU_MAX)
			return NULL;
		*ret_last = (unsigned int)n;
		if (i == 0)
			*ret_first = *ret_last;
		text = end;
		if (i == 0 && *text++ != '-') {
			text--;
			break;
		}
	}
	return *ret_first <= *ret_last && (*text == ',' || *text == '\0') ?
	    text : NULL;
}

static int
list_add(struct affinity *a, unsigned int first, unsigned int last)
{
	unsigned int *cpus, more = last - first + 1;

	/* More than there are seats is of no use, and a line has an end. */
	if (a->n + more > 2 * (CADRE_CPU_MAX + 1))
		return cadre__fail(-EINVAL, "a list of more than %d processors",
		    2 * (CADRE_CPU_MAX + 1));
	cpus = reallocarray(a->cpus, a->n + more, sizeof(*cpus));
	if (cpus == NULL)
		return -ENOMEM;
	a->cpus = cpus;
	for (unsigned int i = 0; i < more; i++)
		cpus[a->n++] = first + i;
	return 0;
}

static int
list_parse(struct affinity *a, const char *text)
{
	unsigned int first = 0, last = 0;
	const char *at = text;
	int err = 0;

	a->way = AFFINITY_LIST;
	while (err == 0) {
		at = range(at, &first, &last);
		if (at == NULL)
			return cadre__fail(-EINVAL, "'%.64s' is neither "
			    "compact, spread nor off, nor a list of processors "
			    "such as 0-3,6 (up to %d)", text, CADRE_CPU_MAX);
		err = list_add(a, first, last);
		if (*at++ == '\0')
			break;
	}
	return err;
}

int
affinity_set(struct affinity *ret, const char *how)
{
	struct affinity a = { .way = AFFINITY_OFF };
	int err = 0;

	if (how != NULL && strcmp(how, "compact") == 0)
		a.way = AFFINITY_COMPACT;
	else if (how != NULL && strcmp(how, "spread") == 0)
		a.way = AFFINITY_SPREAD;
	else if (how == NULL || strcmp(how, "off") != 0)
		err = list_parse(&a, how != NULL ? how : "");
	if (err < 0) {
		free(a.cpus);
		return err;
	}
	affinity_free(ret);
	*ret = a;
	return 0;
}

void
affinity_free(struct affinity *a)
{
	free(a->cpus);
	*a = (struct affinity){ .way = AFFINITY_OFF };
}

static unsigned int
fact(const char *dir, unsigned int number, const char *name,
    unsigned int otherwise)
{
	char path[256], text[32];
	unsigned int n;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%.128s/cpu%u/topology/%s", dir, number,
	    name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return otherwise;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	/* -1 where the machine does not tell. */
	return sscanf(text, "%u", &n) == 1 && text[0] != '-' ? n : otherwise;
}

void
affinity_topology(const char *dir, struct cpu *c)
{
	c->package = fact(dir, c->number, "physical_package_id", 0);
	c->core = fact(dir, c->number, "core_id", c->number);
}

static int
by(unsigned int a, unsigned int b)
{
	return (a > b) - (a < b);
}

static int
compact_order(const void *x, const void *y)
{
	const struct cpu *a = x, *b = y;

	if (a->package != b->package)
		return by(a->package, b->package);
	return a->core != b->core ? by(a->core, b->core) :
	    by(a->number, b->number);
}

static int
spread_order(const void *x, const void *y)
{
	const struct cpu *a = x, *b = y;

	if (a->sibling != b->sibling)
		return by(a->sibling, b->sibling);
	return a->place != b->place ? by(a->place, b->place) :
	    by(a->package, b->package);
}

void
affinity_order(struct cpu *cpus, unsigned int n, bool spread)
{
	qsort(cpus, n, sizeof(*cpus), compact_order);
	for (unsigned int i = 0; i < n; i++) {
		cpus[i].sibling = cpus[i].place = 0;
		if (i == 0 || cpus[i].package != cpus[i - 1].package)
			continue;
		cpus[i].place = cpus[i - 1].place;
		if (cpus[i].core == cpus[i - 1].core)
			cpus[i].sibling = cpus[i - 1].sibling + 1;
		else
			cpus[i].place++;
	}
	if (spread)
		qsort(cpus, n, sizeof(*cpus), spread_order);
}

static int
list_check(const struct affinity *a, const cpu_set_t *mask, size_t bytes)
{
	for (unsigned int i = 0; i < a->n; i++)
		if (!CPU_ISSET_S(a->cpus[i], bytes, mask))
			return cadre__fail(-EINVAL, "processor %u is not one "
			    "that this process may use; see: taskset -cp $$",
			    a->cpus[i]);
	return 0;
}

static int
order_make(struct affinity *a, const cpu_set_t *mask, size_t bytes)
{
	unsigned int n = (unsigned int)CPU_COUNT_S(bytes, mask), at = 0;
	struct cpu *cpus = calloc(n, sizeof(*cpus));
	unsigned int *order = calloc(n, sizeof(*order));

	if (cpus == NULL || order == NULL) {
		free(cpus);
		free(order);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i <= CADRE_CPU_MAX && at < n; i++)
		if (CPU_ISSET_S(i, bytes, mask)) {
			cpus[at].number = i;
			affinity_topology(TOPOLOGY_DIR, &cpus[at++]);
		}
	affinity_order(cpus, n, a->way == AFFINITY_SPREAD);
	for (unsigned int i = 0; i < n; i++)
		order[i] = cpus[i].number;
	free(cpus);
	free(a->cpus);
	a->cpus = order;
	a->n = n;
	return 0;
}

int
affinity_settle(struct affinity *a)
{
	cpu_set_t mask[SETS];

	if (a->way == AFFINITY_OFF)
		return 0;
	memset(mask, 0, sizeof(mask));
	if (sched_getaffinity(0, sizeof(mask), mask) < 0)
		return cadre__fail(-errno, "cannot read the processors that "
		    "this process may use: %s", strerror(errno));
	return a->way == AFFINITY_LIST ? list_check(a, mask, sizeof(mask)) :
	    order_make(a, mask, sizeof(mask));
}

int
affinity_take(const struct affinity *a, unsigned int seat)
{
	cpu_set_t mask[SETS];
	unsigned int cpu;

	if (a->n == 0)
		return 0;
	cpu = a->cpus[seat % a->n];
	memset(mask, 0, sizeof(mask));
	CPU_SET_S(cpu, sizeof(mask), mask);
	if (CADRE_FAULT("affinity.set") < 0 ||
	    sched_setaffinity(0, sizeof(mask), mask) < 0)
		return cadre__fail(-errno, "cannot run on processor %u: "
		    "sched_setaffinity: %s", cpu, strerror(errno));
	return 0;
}
