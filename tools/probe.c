/* SPDX-License-Identifier: BSD-2-Clause */
/* A probe as it is typed; see probe.h. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tools/launch.h"
#include "tools/probe.h"

#define HTTP	"http:"

/* What may stand in a request line, and between quotes of the shell. */
static bool
is_path(const char *path)
{
	for (const char *p = path; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '\'')
			return false;
	return path[0] == '/';
}

static int
http(const struct verb *v, const char *path, char command[CADRE_PROBE_BYTES])
{
	char helper[PATH_MAX];
	int n;

	if (!is_path(path))
		return verb_usage(v, "flag --probe needs http:/PATH, with "
		    "nothing in it that must be written as %%XX, not '%s'",
		    path - strlen(HTTP));
	if (launch_find("tools", "http-probe", helper, sizeof(helper)) < 0) {
		verb_say(v, "there is no %s; where it stands can be said with "
		    "CADRE_LIBEXEC=DIR", helper);
		return EXIT_FAILED;
	}
	if (strchr(helper, '\'') != NULL) {
		verb_say(v, "cannot run %s: its path has a quote", helper);
		return EXIT_FAILED;
	}
	n = snprintf(command, CADRE_PROBE_BYTES, "exec '%s' '%s'", helper,
	    path);
	if (n >= CADRE_PROBE_BYTES)
		return verb_usage(v, "the path of --probe is too long: with "
		    "%s %d bytes, and %d are allowed", helper, n,
		    CADRE_PROBE_BYTES - 1);
	return 0;
}

int
probe_parse(const struct verb *v, const char *text,
    char command[CADRE_PROBE_BYTES])
{
	if (strncmp(text, HTTP, strlen(HTTP)) == 0)
		return http(v, text + strlen(HTTP), command);
	if (text[0] == '\0')
		return verb_usage(v, "flag --probe needs a command or "
		    "http:/PATH");
	if (strlen(text) >= CADRE_PROBE_BYTES)
		return verb_usage(v, "the command of --probe is longer than %d "
		    "bytes; put it into a file", CADRE_PROBE_BYTES - 1);
	strcpy(command, text);
	return 0;
}
