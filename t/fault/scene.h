/* SPDX-License-Identifier: BSD-2-Clause */
/* A run under way: what scene.c and stages.c know of it. */
#ifndef T_SCENE_H
#define T_SCENE_H

#include "shm/clock.h"
#include "t/fault/fault.h"
#include "t/lib/app.h"

#define STAGE_NS	(15 * NS_PER_S)
#define SCENE_HELD	24		/* clients that stay for a while */

struct scene {
	const struct fault_case *c;
	struct fault_result *r;
	struct app	app;		/* dir: CADRE_RUNTIME_DIR */
	char		top[64];	/* in it: run/, counts, err */
	struct cadre__fault_count *counts;
	bool		ended;		/* the master, with app.status */
	bool		served;		/* all workers were up once */
	bool		stopping;
	pid_t		continued;	/* whom we let go on */
	uint64_t	total;		/* as last seen */
	unsigned int	asked, acked;
	uint64_t	generation[FAULT_WORKERS];
	pid_t		acceptor;	/* that was killed */
	int		held[SCENE_HELD];
	unsigned int	nheld;
	uint64_t	tried_ns;	/* the last chance */
	int		sock;		/* a restart or reload asked for, or -1 */
	uint16_t	asks;		/* which: CADRE_FRAME_… */
	uint64_t	begun_ns;	/* of the stage */
};

/* In scene.c. */
void	scene_wrong(struct scene *, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));
	/* The run is not good, and why; the first such word stays. */
void	scene_tend(struct scene *);
	/* Look after who ended, and who was stopped. */
bool	scene_until(struct scene *, bool (*done)(struct scene *),
	    uint64_t limit_ns);
	/* Until done(), or the master has ended, or something is wrong. */
pid_t	scene_fired(const struct scene *);
	/* Whom the point befell; 0: it has not fired. */

/* In stages.c. */
bool	scene_attached(struct scene *);
bool	scene_all_up(struct scene *);
	/* All seats have a worker that is up, and younger than was noted. */
bool	scene_answers(struct scene *);
void	scene_sock_close(struct scene *);
void	scene_go_through(struct scene *);
	/* All stages, as far as they can be had. */
void	scene_go_on(struct scene *);
	/* For a point that fires each time: until it has, and a little more. */

#endif
