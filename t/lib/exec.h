/* SPDX-License-Identifier: BSD-2-Clause */
/* An app whose workers are t/lib/program, exec'd; see app.h. */
#ifndef T_EXEC_H
#define T_EXEC_H

#include "t/lib/app.h"

const char *exec_path(void);
	/* Where t/lib/program is. */
struct app *exec_start(int workers, app_config_fn *config,
    const char *const words[]);
	/*
	 * app_start_with(), on tcp:127.0.0.1:0, with that program and these
	 * words for its argv[1] …; `config`, unless NULL, adds to that.
	 */
#define EXEC_START(workers, config, ...)				\
	exec_start((workers), (config),					\
	    (const char *const[]){ __VA_ARGS__, NULL })
int	exec_try(app_config_fn *config, const char *dir, char *err,
	    size_t bytes, const char *const words[]);
	/* app_try(), one worker, without a listener. */
#define EXEC_TRY(config, dir, err, ...)					\
	exec_try((config), (dir), (err), sizeof(err),			\
	    (const char *const[]){ __VA_ARGS__, NULL })
bool	exec_says(const struct app *, unsigned int seat, const char *text);
	/* Until that stands in the output of this seat's worker. */
int	exec_number(const struct app *, unsigned int seat, const char *name);
	/* N of the first "NAME N" in there, once its line ends; or -1. */
uint64_t exec_flags(const struct app *, unsigned int seat);
	/* CADRE_LIFE_… of its newest worker. */

#endif
