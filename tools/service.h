/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A master that runs in this process, from its start to its end: what `run`
 * does in front of the user and `start` in the background.
 */
#ifndef TOOLS_SERVICE_H
#define TOOLS_SERVICE_H

#include "tools/app.h"
#include "tools/journal.h"

enum service_news {
	SERVICE_NOTE,		/* the user should know, once */
	SERVICE_READY,		/* all seats have a worker, or are parked */
};

struct service {
	const struct app *app;
	struct cadre_master *master;
	bool		log;		/* into master.log, not standard error */
	void		(*tell)(void *arg, enum service_news, const char *text);
	void		*arg;
	struct journal	journal;
	unsigned int	wanted;		/* workers */
	bool		moved;		/* a seat changed since the last look */
	bool		told_ready, told_silent;
	bool		finished;	/* all exit codes ask for no other */
	char		why[1024];	/* of a failure */
};

int service_run(struct service *);
	/*
	 * Start, dispatch, end and free the master; blocks until then. It takes
	 * signals as cadre_master_run() does. What tell() is given is in the
	 * journal, too. 0, or -errno and why[]: nothing of the app is left.
	 */

#endif
