/* t/24-limits: limits, mask, directory, processor, environment and no_new_privs of workers are as asked; the master's stay */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <sched.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define SEATS	3

struct facts {
	struct rlimit	nofile, core;
	unsigned int	mask, new_privs, cpus, variables;
	char		cwd[64], passed[16];
	int		cpu;
	bool		has_seat, has_dir, has_other;
};

static int cpu_of[SEATS];	/* the list begins anew for the third */
static char list[32];

static int
tell(struct cadre_worker *w, void *arg)
{
	struct facts f = { .mask = umask(0) };
	cpu_set_t set;

	getrlimit(RLIMIT_NOFILE, &f.nofile);
	getrlimit(RLIMIT_CORE, &f.core);
	sched_getaffinity(0, sizeof(set), &set);
	f.cpus = (unsigned int)CPU_COUNT(&set);
	while (!CPU_ISSET(f.cpu, &set))
		f.cpu++;
	f.new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1;
	(void)!getcwd(f.cwd, sizeof(f.cwd));
	if (getenv("PASSED") != NULL)
		strncpy(f.passed, getenv("PASSED"), sizeof(f.passed) - 1);
	f.has_seat = getenv("CADRE_SEAT") != NULL;
	f.has_dir = getenv("CADRE_RUNTIME_DIR") != NULL;
	f.has_other = getenv("OTHER") != NULL;
	while (environ[f.variables] != NULL)
		f.variables++;
	(void)!write(STDOUT_FILENO, &f, sizeof(f));	/* seat-N.log */
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	setenv("PASSED", "yes", 1);
	setenv("OTHER", "no", 1);
	if (cadre_master_rlimit(m, "nofile=150:160") < 0 ||
	    cadre_master_rlimit(m, "core=7") < 0 ||
	    cadre_master_rlimit(m, "core=0") < 0 ||
	    cadre_master_umask(m, 0137) < 0 ||
	    cadre_master_chdir(m, "/usr") < 0 ||
	    cadre_master_affinity(m, list) < 0 ||
	    cadre_master_no_new_privs(m, 1) < 0 ||
	    cadre_master_clean_env(m, "NONE,PASSED") < 0)
		exit(99);
}

int
main(void)
{
	struct rlimit now, before;
	struct facts f;
	struct app *a;
	cpu_set_t set;
	int last = 0;

	getrlimit(RLIMIT_NOFILE, &before);
	sched_getaffinity(0, sizeof(set), &set);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set)) {
			cpu_of[1] = last;
			last = cpu_of[0] = cpu_of[2] = i;
		}
	if (!CPU_ISSET(cpu_of[1], &set))
		cpu_of[1] = last;	/* there is but one */
	snprintf(list, sizeof(list), "%d,%d", cpu_of[0], cpu_of[1]);
	a = app_start_with(SEATS, tell, config, NULL);
	for (unsigned int i = 0; i < SEATS; i++) {
		ok(app_wait_state(a, i, CADRE_STATE_UP) &&
		    probe_log(a, i, &f, sizeof(f)) == sizeof(f), "seat %u", i);
		ok(f.cpus == 1 && f.cpu == cpu_of[i], "on processor %d of %s",
		    f.cpu, list);
	}
	ok(f.nofile.rlim_cur == 150 && f.nofile.rlim_max == 160, "nofile");
	ok(f.core.rlim_cur == 0 && f.core.rlim_max == 0, "core: the last one");
	is_int(f.mask, 0137, "umask");
	is_str(f.cwd, "/usr", "directory");
	is_int(f.new_privs, 0, "no new rights");
	is_str(f.passed, "yes", "what is passed on is there");
	ok(f.has_seat && f.has_dir && f.variables == 3 && !f.has_other,
	    "and what is the runtime's, and nothing else");
	prlimit(a->master, RLIMIT_NOFILE, NULL, &now);
	is_u64(now.rlim_max, before.rlim_max, "the master keeps its own");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
