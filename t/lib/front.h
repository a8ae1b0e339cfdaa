/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An app with doors, a real proxy in front of it with what `cadre gen` writes,
 * and clients that keep their cookies.
 */
#ifndef T_FRONT_H
#define T_FRONT_H

#include "t/lib/app.h"
#include "t/lib/example.h"

#define FRONT_CLIENTS	24
#define FRONT_SEATS	5		/* that the app can have */
#define FRONT_NOWHERE	UINT32_MAX

struct front {
	struct app	*app;
	struct app	proxy;		/* its port, for app_connect() */
	pid_t		pid;		/* of the proxy */
	char		conf[128];
};

bool	front_has(const char *proxy);
	/* Is there such a program? In PATH, or where administrators have it. */
struct app *front_app(const char *options, unsigned int workers);
	/*
	 * Workers that speak HTTP: "seat N pid P from A\n" to a GET, and what
	 * its head was; who asks for another protocol gets 101 and its next line back, behind the
	 * seat. Options of its doors, or NULL.
	 */
void	front_start(struct front *, struct app *, const char *proxy,
	    const char *by);
	/* ok(): what gen writes is valid, and the proxy answers. */
bool	front_names(const struct front *, const char *from);
	/* Does the worker know a client from this address, by the proxy? */
bool	front_fetch(const struct front *, const char *cookies,
	    char text[4096]);
	/* GET / on a connection of its own, with these: the answer is 200. */
unsigned int front_ask(const struct front *, char cookie[64]);
	/* A request: the seat that answered, or nowhere. The cookie is kept. */
bool	front_says(struct front *, const char *text);
	/* Until its log has this. */
void	front_stop(struct front *);

/* Clients in processes of their own, each with a cookie; shared. */
struct front_clients {
	unsigned int	answered, failed;
	unsigned int	moved;		/* answers of another than before */
	unsigned int	seat[FRONT_CLIENTS]; /* that answered last */
	unsigned int	rounds[FRONT_CLIENTS];
	unsigned int	n;		/* from here on the test's alone */
	pid_t		pids[FRONT_CLIENTS];
};

struct front_clients *front_clients(const struct front *);
bool	front_goes_on(const struct front_clients *);
	/* Until each has had some answers more. */
void	front_end(struct front_clients *);

#endif
