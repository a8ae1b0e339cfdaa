/* SPDX-License-Identifier: BSD-2-Clause */
/* New versions of a program, most of them bad; what a reload says of each. */
#ifndef T_VERSION_H
#define T_VERSION_H

#include "t/lib/app.h"

struct version {
	const char	*name;
	const char	*script;	/* of sh; $PROGRAM: t/lib/program */
	void		(*make)(int fd);	/* or what writes the file */
	const char	*why[2];	/* stands in what the command says */
};

extern const struct version version_good;	/* `answer`, of t/lib/program */
extern const struct version versions_bad[];
extern const unsigned int nversions_bad;

const char *version_path(const struct app *);
	/* The file that is replaced, in the app's directory. */
void	version_put(const struct app *, const struct version *);
	/* In its place, at once, as a deployment does it. */

#endif
