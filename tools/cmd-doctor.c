/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre doctor: run every check there is, print what each found. An observer
 * like the other verbs: it changes nothing that outlasts it.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cadre/error.h>

#include "shm/rundir.h"
#include "tools/doctor.h"
#include "tools/json.h"
#include "tools/text.h"
#include "tools/verb.h"

#define PIDS_BYTES	65536
#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

static const struct ward *const machine[] = {
	&ward_kernel, &ward_sockets, &ward_dispatch, &ward_rights,
	&ward_limits, &ward_cgroup, &ward_rundir, &ward_sysctl, &ward_build,
};
static const struct ward *const app[] = {
	&ward_app, &ward_intake, &ward_processes,
};

static const char *const state_names[FINDING_STATES] = {
	[FINDING_OK] = "ok",
	[FINDING_WARN] = "warn",
	[FINDING_FAIL] = "fail",
	[FINDING_UNKNOWN] = "unknown",
};

struct report {
	json_t		*checks;	/* NULL: as text */
	bool		failed;		/* no memory */
	int		name_width;
	unsigned int	count[FINDING_STATES];
};

static void
print_finding(const struct report *r, const struct check *c,
    const struct finding *f)
{
	printf("%-8s %-*s  %s: %s\n", state_names[f->state], r->name_width,
	    c->name, c->looks_at, f->found);
	if (f->means[0] != '\0')
		printf("%8s %*s  %s -> %s\n", "", r->name_width, "", f->means,
		    f->remedy);
}

static json_t *
text_if_any(const char *text, size_t room)
{
	return text[0] != '\0' ? json_bytes(text, room) : json_null();
}

static void
add_finding(struct report *r, const struct check *c, const struct finding *f)
{
	r->failed |= json_array_append_new(r->checks,
	    json_pack("{s:s, s:s, s:o, s:o, s:o}",
	    "name", c->name, "state", state_names[f->state],
	    "found", json_bytes(f->found, sizeof(f->found)),
	    "means", text_if_any(f->means, sizeof(f->means)),
	    "remedy", text_if_any(f->remedy, sizeof(f->remedy)))) < 0;
}

static void
examine(struct report *r, const struct patient *p,
    const struct ward *const *wards, size_t n)
{
	const struct check *c;
	struct finding f;

	for (size_t i = 0; i < n; i++) {
		for (c = wards[i]->checks; c < wards[i]->checks + wards[i]->n;
		    c++) {
			memset(&f, 0, sizeof(f));
			c->run(p, &f);
			r->count[f.state]++;
			if (r->checks != NULL)
				add_finding(r, c, &f);
			else
				print_finding(r, c, &f);
		}
	}
}

static void
widen(struct report *r, const struct ward *const *wards, size_t n)
{
	int width;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < wards[i]->n; k++) {
			width = (int)strlen(wards[i]->checks[k].name);
			if (width > r->name_width)
				r->name_width = width;
		}
	}
}

static void
print_counts(const struct report *r)
{
	unsigned int all = 0;

	for (int i = 0; i < FINDING_STATES; i++)
		all += r->count[i];
	printf("%u checks:", all);
	for (int i = 0; i < FINDING_STATES; i++)
		printf("%s %u %s", i > 0 ? "," : "", r->count[i],
		    state_names[i]);
	putchar('\n');
}

/* The pids are our own text: numbers with blanks between. */
static int
take_holders(struct patient *p)
{
	char *text = malloc(PIDS_BYTES), *at, *end;
	int n;

	if (text == NULL)
		return -ENOMEM;
	n = cadre__rundir_holders(p->dir, text, PIDS_BYTES);
	p->holders_seen = n > 0;
	p->holders = calloc((size_t)n + 1, sizeof(*p->holders));
	for (at = text; p->holders != NULL && p->nholders < (unsigned int)n;
	    at = end) {
		p->holders[p->nholders] = (int)strtol(at, &end, 10);
		if (end == at)
			break;
		p->nholders++;
	}
	free(text);
	return p->holders == NULL ? -ENOMEM : 0;
}

/*
 * Whatever is left of an app can be examined, so all that must be there is its
 * directory. The sample is taken last: who was forked before it stands in it.
 */
static int
patient_open(struct patient *p)
{
	int err;

	p->dir = cadre__rundir_find(p->name, p->path, sizeof(p->path));
	if (p->dir < 0)
		return p->dir;
	/* Who may not look (-EACCES) is told so when the region is asked for. */
	err = cadre__rundir_master(p->dir, &p->master);
	p->locked = err != -ESRCH;
	err = take_holders(p);
	if (err < 0)
		return err;
	err = cadre_region_open(p->name, &p->region);
	if (err < 0) {
		p->region = NULL;
		snprintf(p->why, sizeof(p->why), "%.500s",
		    text_escaped(cadre_error(err)).s);
		return 0;
	}
	return sample_take(p->region, &p->sample);
}

static void
patient_close(struct patient *p)
{
	sample_free(&p->sample);
	cadre_region_close(p->region);
	free(p->holders);
	if (p->dir >= 0)
		close(p->dir);
}

static int
print_json(struct report *r, const struct patient *p)
{
	json_t *counts = json_object();

	for (int i = 0; i < FINDING_STATES; i++)
		r->failed |= !json_set(counts, state_names[i],
		    json_integer(r->count[i]));
	if (r->failed) {
		json_decref(counts);
		json_decref(r->checks);
		return -ENOMEM;
	}
	return json_print(json_pack("{s:s?, s:o, s:o}", "app", p->name,
	    "checks", r->checks, "counts", counts));
}

int
cmd_doctor(const struct verb *v, int argc, char **argv)
{
	struct patient p = { .dir = -1 };
	struct report r = { .checks = NULL };
	bool json = false;
	int c, err = 0;

	while ((c = getopt_long(argc, argv, ":j", options, NULL)) != -1) {
		if (c != 'j')
			return verb_flag(v, c, argv);
		json = true;
	}
	if (optind < argc && (err = verb_name(v, argc, argv, &p.name)) != 0)
		return err;
	if (p.name != NULL)
		err = patient_open(&p);
	if (err == 0 && json && (r.checks = json_array()) == NULL)
		err = -ENOMEM;
	if (err < 0) {
		patient_close(&p);
		return verb_fail(v, err);
	}
	widen(&r, machine, LENGTH(machine));
	widen(&r, app, p.name != NULL ? LENGTH(app) : 0);
	examine(&r, &p, machine, LENGTH(machine));
	examine(&r, &p, app, p.name != NULL ? LENGTH(app) : 0);
	if (json)
		err = print_json(&r, &p);
	else
		print_counts(&r);
	patient_close(&p);
	if (err < 0)
		return verb_fail(v, err);
	return r.count[FINDING_FAIL] > 0 ? EXIT_FAILED : EXIT_SUCCESS;
}
