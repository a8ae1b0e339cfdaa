/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last failure of each thread, in words. An int is passed through
 * cleanup and foreign runtimes; the line stays here for who wants to print it.
 */
#include "config.h"
#include "shm/export.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local struct {
	int	err;		/* 0: no line */
	char	line[512];
	char	number[32];	/* for an error strerror does not know */
} last;

int
cadre__fail(int err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(last.line, sizeof(last.line), format, ap);
	va_end(ap);
	last.err = err;
	/* It is one line whatever a name or a peer put into it. */
	for (char *p = last.line; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	return err;
}

const char *
cadre_error(int err)
{
	const char *text;

	if (err != 0 && err == last.err)
		return last.line;
	text = err <= 0 && err > -4096 ? strerrordesc_np(-err) : NULL;
	if (text != NULL)
		return text;
	snprintf(last.number, sizeof(last.number), "unknown error %d", err);
	return last.number;
}

int
cadre_fail(int err)
{
	fprintf(stderr, "%s: %s\n", program_invocation_short_name,
	    cadre_error(err));
	return 1;
}

const char *
cadre_version(void)
{
	return PACKAGE_VERSION;
}
