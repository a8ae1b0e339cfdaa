/* SPDX-License-Identifier: BSD-2-Clause */
/* How this command was built. What is optional is a row; so far nothing is. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include <cadre/cadre.h>

#include "tools/doctor.h"
#include "tools/text.h"

/* A library of another version than the command was built with. */
static void
version(const struct patient *p, struct finding *f)
{
	(void)p;
	finding_set(f, FINDING_OK, "%s, region layout %d.%d", PACKAGE_VERSION,
	    CADRE_LAYOUT_MAJOR, CADRE_LAYOUT_MINOR);
	if (strcmp(cadre_version(), PACKAGE_VERSION) == 0)
		return;
	f->state = FINDING_FAIL;
	finding_add(f, ", but the library is %s",
	    text_line(cadre_version()).s);
	finding_means(f, "the command and its libraries do not fit together");
	finding_remedy(f, "install both from one release, then ldconfig");
}

static void
compiler(const struct patient *p, struct finding *f)
{
	(void)p;
#ifdef __clang__
	finding_set(f, FINDING_OK, "%s", __VERSION__);
#else
	finding_set(f, FINDING_OK, "gcc %s", __VERSION__);
#endif
}

static void
hardening(const struct patient *p, struct finding *f)
{
	(void)p;
	finding_set(f, FINDING_OK, "%s; _FORTIFY_SOURCE %s",
	    CADRE_BUILD_HARDENING, CADRE_BUILD_FORTIFY);
	if (strncmp(CADRE_BUILD_FORTIFY, "no", 2) != 0)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "writes past a buffer's end are not caught");
	finding_remedy(f, "build with -O2 and without sanitizers");
}

static void
instruments(const struct patient *p, struct finding *f)
{
	(void)p;
	finding_set(f, FINDING_OK, "sanitizers %s, coverage %s",
	    CADRE_BUILD_SANITIZERS, CADRE_BUILD_COVERAGE);
	if (strcmp(CADRE_BUILD_SANITIZERS, "none") == 0 &&
	    strcmp(CADRE_BUILD_COVERAGE, "no") == 0)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "it is slower and takes more memory: for tests");
	finding_remedy(f, "build without --enable-asan, -tsan, -coverage");
}

static void
faults(const struct patient *p, struct finding *f)
{
	(void)p;
#ifdef CADRE_FAULTS
	finding_set(f, FINDING_WARN, "compiled in");
	finding_means(f, "who sets the environment of a master can make it "
	    "fail: for tests");
	finding_remedy(f, "build without fault points");
#else
	finding_set(f, FINDING_OK, "not compiled in");
#endif
}

static void
libraries(const struct patient *p, struct finding *f)
{
	(void)p;
	finding_set(f, FINDING_OK, "jansson %s, Concurrency Kit %s; all parts "
	    "of this version are required", JANSSON_VERSION, CADRE_BUILD_CK);
}

static const struct check checks[] = {
	{ "version",	"cadre",			version },
	{ "compiler",	"compiler",			compiler },
	{ "hardening",	"hardening",			hardening },
	{ "instruments", "instruments",			instruments },
	{ "faults",	"fault points",			faults },
	{ "libraries",	"libraries found at build",	libraries },
};
const struct ward ward_build = { checks, sizeof(checks) / sizeof(checks[0]) };
