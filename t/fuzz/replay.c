/* SPDX-License-Identifier: BSD-2-Clause */
/* A target's committed corpus, run through it once more, by any compiler. */
#include "t/fuzz/replay.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "t/fuzz/fuzz.h"
#include "t/lib/tap.h"

#define INPUT_MAX	4096

/* So that a finding names its input. */
static char path[1024];

static void
tell(int signal)
{
	static const char words[] = "# the input is ";

	if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0 ||
	    write(STDERR_FILENO, path, strlen(path)) < 0 ||
	    write(STDERR_FILENO, "\n", 1) < 0)
		_exit(1);
	raise(signal);
}

/* In memory of exactly its size. */
static void
run(const uint8_t *bytes, size_t n)
{
	uint8_t *data = malloc(n);

	if (data == NULL)
		bail_out("no memory");
	if (n > 0)
		memcpy(data, bytes, n);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
}

static bool
run_file(void)
{
	uint8_t bytes[INPUT_MAX];
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL)
		return false;
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	for (size_t cut = 0; cut <= n; cut++)
		run(bytes, cut);
	return true;
}

int
replay(const char *corpus)
{
	const struct sigaction told = { .sa_handler = tell,
	    .sa_flags = (int)SA_RESETHAND };
	const char *srcdir = getenv("top_srcdir");
	char dir[512], files[512][64];
	unsigned int there = 0, done = 0;
	struct dirent *e;
	DIR *d;

	sigaction(SIGABRT, &told, NULL);
	snprintf(dir, sizeof(dir), "%s/t/fuzz/corpus/%s",
	    srcdir != NULL ? srcdir : ".", corpus);
	d = opendir(dir);
	if (d == NULL)
		bail_out("%s: %s", dir, strerror(errno));
	/* All names first, so that no target runs with a directory open. */
	while ((e = readdir(d)) != NULL && there < 512)
		if (e->d_name[0] != '.')
			snprintf(files[there++], sizeof(files[0]), "%.63s",
			    e->d_name);
	closedir(d);
	for (unsigned int i = 0; i < there; i++) {
		snprintf(path, sizeof(path), "%.511s/%.63s", dir, files[i]);
		done += run_file();
	}
	ok(there > 0, "there is a corpus");
	is_int(done, there, "%u inputs, each also cut short at every byte",
	    there);
	return done_testing();
}
