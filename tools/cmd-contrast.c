/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre contrast: tell the same facts by messages and through the region, as
 * the contrast program does, and show what either costs, and what either knows.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/utsname.h>

#include <cadre/cadre.h>

#include "tools/contrast.h"
#include "tools/json.h"
#include "tools/launch.h"

#define WORKERS_MAX	256

enum { QUICK = 256, SECONDS, SVG };

static const struct option options[] = {
	{ "workers", required_argument, NULL, 'i' },
	{ "json", no_argument, NULL, 'j' },
	{ "quick", no_argument, NULL, QUICK },
	{ "seconds", required_argument, NULL, SECONDS },
	{ "svg", required_argument, NULL, SVG },
	{ NULL, 0, NULL, 0 },
};

struct wish {
	bool		json;
	const char	*svg;		/* NULL: none */
	FILE		*plots;		/* that file */
	bool		new;		/* it was not there before */
};

/* "2,16,64" */
static int
take_workers(struct contrast *c, const char *text)
{
	char *end;
	long n;

	for (c->sizes = 0; c->sizes < 8; text = end + 1) {
		n = strtol(text, &end, 10);
		if (end == text || n < 1 || n > WORKERS_MAX ||
		    (*end != '\0' && *end != ','))
			break;
		c->workers[c->sizes++] = (unsigned int)n;
		if (*end == '\0')
			return 0;
	}
	return verb_usage(c->verb, "flag -i, --workers needs numbers of workers "
	    "up to %d, as 2,16,64, at most 8; not '%s'", WORKERS_MAX, text);
}

static int
flags(struct contrast *c, struct wish *w, int argc, char **argv)
{
	int f, code = 0;

	while (code == 0 && (f = getopt_long(argc, argv, ":i:j", options,
	    NULL)) != -1) {
		if (f == 'i')
			code = take_workers(c, optarg);
		else if (f == 'j')
			w->json = true;
		else if (f == QUICK)
			c->quick = true;
		else if (f == SVG)
			w->svg = optarg;
		else if (f != SECONDS)
			code = verb_flag(c->verb, f, argv);
		else if (!verb_seconds(optarg, 0.1, 60, &c->seconds))
			code = verb_usage(c->verb, "flag --seconds needs a "
			    "number from 0.1 to 60, not '%s'", optarg);
	}
	if (code == 0 && w->svg != NULL && w->svg[0] == '\0')
		return verb_usage(c->verb, "flag --svg needs the name of a "
		    "file");
	if (code == 0 && optind < argc)
		return verb_usage(c->verb, "takes flags only, not '%s'",
		    argv[optind]);
	return code;
}

static void
defaults(struct contrast *c)
{
	static const unsigned int usual[] = { 2, 16, 64 };

	if (c->seconds <= 0)
		c->seconds = c->quick ? 0.1 : 1;
	c->event_ms = c->quick ? 200 : 2000;
	if (c->sizes != 0)
		return;
	c->sizes = c->quick ? 1 : 3;
	memcpy(c->workers, usual, sizeof(usual));
}

static int
find(struct contrast *c)
{
	if (launch_find("examples", "contrast", c->program,
	    sizeof(c->program)) < 0) {
		verb_say(c->verb, "no program %s; where contrast is: "
		    "CADRE_LIBEXEC=DIR %s contrast", c->program, verb_program);
		return EXIT_FAILED;
	}
	if (launch_find("examples", "contrast-node", c->script,
	    sizeof(c->script)) < 0)
		c->script[0] = '\0';
	contrast_node(c);
	return 0;
}

static void
conditions(struct contrast *c)
{
	struct utsname u = { 0 };

	uname(&u);
	memcpy(c->kernel, u.release, sizeof(c->kernel));
	c->processors = sysconf(_SC_NPROCESSORS_ONLN);
	getloadavg(&c->load, 1);
}

static void
head(const struct contrast *c)
{
	printf("cadre %s, Linux %s, %ld processors, load %.2f%s%s; about %.0f "
	    "seconds\n\n", cadre_version(), c->kernel,
	    c->processors, c->load,
	    c->no_node == NULL ? ", node " : "",
	    c->no_node == NULL ? c->node : "",
	    (double)c->runs * (0.3 + c->seconds * 0.7) +
	    (double)c->event_ms * 6e-3);
	fflush(stdout);
}

static int
run_all(struct contrast *c, bool json)
{
	enum part shown = PART_COST;
	int code = 0;

	for (unsigned int i = 0; i < c->runs && code == 0; i++) {
		for (; shown < c->run[i].part && !json; shown++)
			contrast_table(c, shown, stdout);
		code = contrast_run(c, &c->run[i]);
	}
	for (; shown < PARTS && code == 0 && !json; shown++)
		contrast_table(c, shown, stdout);
	return code;
}

/* Before anything is measured; what is in it stays until there is better. */
static int
open_plots(const struct contrast *c, struct wish *w)
{
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC;
	int fd;

	if (w->svg == NULL)
		return 0;
	fd = open(w->svg, flags | O_EXCL, 0666);
	w->new = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(w->svg, flags, 0666);
	if (fd >= 0 && (w->plots = fdopen(fd, "w")) != NULL)
		return 0;
	verb_say(c->verb, "%s: %s", w->svg, strerror(errno));
	return EXIT_FAILED;
}

static int
close_plots(const struct contrast *c, struct wish *w, int code)
{
	int err = code == 0 ? contrast_svg(c, w->plots) : 0;

	if (fclose(w->plots) != 0 && err == 0)
		err = -errno;
	if (err < 0)
		verb_say(c->verb, "%s: %s", w->svg, strerror(-err));
	if ((code != 0 || err < 0) && w->new)
		unlink(w->svg);
	return err < 0 ? EXIT_FAILED : code;
}

static int
show(struct contrast *c, const struct wish *w)
{
	int code, err = 0;

	if (!w->json)
		head(c);
	code = run_all(c, w->json);
	if (code != 0)
		return code;
	if (w->json)
		err = json_print(contrast_json(c));
	else
		contrast_words(stdout);
	if (err < 0)
		return verb_fail(c->verb, err);
	return 0;
}

int
cmd_contrast(const struct verb *v, int argc, char **argv)
{
	static struct contrast c;
	char dir[64];
	struct wish w = { .json = false };
	int code, made;

	c.verb = v;
	if ((code = flags(&c, &w, argc, argv)) != 0)
		return code;
	defaults(&c);
	if ((code = open_plots(&c, &w)) != 0)
		return code;
	contrast_catch();
	conditions(&c);
	made = launch_runtime_dir(dir, sizeof(dir));
	if (made < 0)
		verb_say(v, "%s cannot be used: %s", dir, strerror(-made));
	if ((code = find(&c)) == 0) {
		contrast_plan(&c);
		code = show(&c, &w);
	}
	if (w.plots != NULL)
		code = close_plots(&c, &w, code);
	if (made > 0)
		rmdir(dir);	/* stays if another app is in it */
	return code;
}
