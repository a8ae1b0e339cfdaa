/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What cadre doctor looks at. A check is a row: a name, what it looks at, and
 * a function that leaves one finding. Each doctor-NOUN.c has the rows of its
 * noun; cmd-doctor.c runs and prints them all, and knows none.
 *
 * A finding is ok, and then says only what was found; or it says what does
 * not work because of it, and what to do; or unknown, and then it says why.
 * Its texts are printed as they are: bytes that come from a region, from a
 * process or from the environment pass text_line() first.
 */
#ifndef TOOLS_DOCTOR_H
#define TOOLS_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

#include "tools/sample.h"

enum finding_state {
	FINDING_OK,
	FINDING_WARN,		/* works, with less than there could be */
	FINDING_FAIL,		/* something does not work */
	FINDING_UNKNOWN,	/* it could not be looked at */
	FINDING_STATES		/* how many there are, not one of them */
};

struct finding {
	enum finding_state state;
	char		found[512];
	char		means[512];	/* of warn and fail: what does not work, */
	char		remedy[512];	/* and what to type or to change */
};

struct patient;
typedef void check_fn(const struct patient *, struct finding *);
struct check {
	const char	*name;
	const char	*looks_at;
	check_fn	*run;
};
struct ward {			/* the checks of one noun */
	const struct check *checks;
	size_t		n;
};

extern const struct ward ward_kernel, ward_sockets, ward_rights, ward_limits,
    ward_cgroup, ward_rundir, ward_sysctl, ward_build, ward_dispatch, ward_app,
    ward_intake, ward_processes;
#define REMEDY_SECCOMP	"let the container's seccomp profile allow it"

/* An app that is examined. Without one, only the machine and this user are. */
struct patient {
	const char	*name;		/* NULL: none */
	char		path[600];	/* its directory */
	int		dir;
	bool		locked;		/* some master holds `name` … */
	int		master;		/* … with this pid; 0: not seen */
	struct cadre_region *region;	/* NULL: could not be had */
	char		why[512];	/* … because of that */
	struct sample	sample;		/* of the region */
	int		*holders;	/* pids that hold `alive` */
	unsigned int	nholders;
	bool		holders_seen;	/* false: this user may not see them */
};

void finding_set(struct finding *, enum finding_state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
	/* Its state and what was found, cut to what fits. */
void finding_means(struct finding *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void finding_remedy(struct finding *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void finding_add(struct finding *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
	/* Append to what was found; what does not fit whole is left out. */

bool doctor_region(const struct patient *, struct finding *);
	/* False, and the finding says why: there is no region to read. */
int doctor_read(const char *path, char *text, size_t room);
	/* The start of a small file, ended by NUL. ≥ 0: its length; -errno. */
int doctor_number(const char *path, uint64_t *ret_value);
	/* The number a file begins with. 0; -ERANGE: none; -errno. */
int doctor_end_of(pid_t child);
	/*
	 * Wait for a child of ours that ends soon: its wait status. One that
	 * has not ended after 2 s is killed: -ETIMEDOUT.
	 */

/* What apps of some sizes take, from runtime/ and shm/. */
struct need {
	unsigned int	workers, seats;
	unsigned int	descriptors;	/* of the master, when all run, in
					   the mode that takes most */
	uint64_t	object_bytes;	/* the largest memory object */
	uint64_t	region_bytes;
};
#define NEED_MANY	256		/* workers that one app should bear */
#define NEED_PASSING	(64 + 128)	/* descriptors for clients, and for what
					   one frame brings an observer */
void need_of(unsigned int workers, struct need *ret_need);
	/* Seats as the default of CADRE_MAX_WORKERS, one TCP listener. */

#endif
