/* SPDX-License-Identifier: BSD-2-Clause */
/* What the measurements in C share. */
#include "bench/measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/utsname.h>

#include <cadre/cadre.h>

#ifndef BENCH_CFLAGS
#define BENCH_CFLAGS "unknown flags"
#endif

static void
processor(char *model, size_t bytes)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256];

	snprintf(model, bytes, "unknown");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "model name : %63[^\n]", model) == 1)
			break;
	if (f != NULL)
		fclose(f);
}

void
measure_conditions(const char *title)
{
	double load[3] = { 0 };
	struct utsname u;
	char model[64];

	setvbuf(stdout, NULL, _IOLBF, 0);
	uname(&u);
	processor(model, sizeof(model));
	getloadavg(load, 3);
	printf("# %s\n# %s %s, %ld processors: %s\n# load before: %.2f %.2f %.2f\n",
	    title, u.sysname, u.release, sysconf(_SC_NPROCESSORS_ONLN), model,
	    load[0], load[1], load[2]);
	printf("# cadre %s, built by: %s, %s\n", cadre_version(), __VERSION__,
	    BENCH_CFLAGS);
}

static char runtime_dir[] = "/tmp/cadre-bench-XXXXXX";
static pid_t owner;

static void
runtime_dir_remove(void)
{
	if (getpid() == owner)
		rmdir(runtime_dir);
}

void
measure_runtime_dir(void)
{
	owner = getpid();
	if (mkdtemp(runtime_dir) == NULL ||
	    setenv("CADRE_RUNTIME_DIR", runtime_dir, 1) < 0)
		measure_check(-errno, runtime_dir);
	atexit(runtime_dir_remove);
}

static double
timeval_ns(const struct timeval *t)
{
	return (double)t->tv_sec * 1e9 + (double)t->tv_usec * 1e3;
}

double
measure_cpu_ns(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return timeval_ns(&r.ru_utime) + timeval_ns(&r.ru_stime);
}

static int
order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
measure_quantile(double *values, size_t n, double q)
{
	qsort(values, n, sizeof(*values), order);
	return n == 0 ? 0 : values[(size_t)(q * (double)(n - 1) + 0.5)];
}

void
measure_check(int err, const char *what)
{
	if (err >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, cadre_error(err));
	exit(1);
}
