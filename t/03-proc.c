/* t/03-proc: a process is told by its start time, whatever /proc says */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "shm/proc.h"
#include "t/lib/tap.h"

#define REST	" S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20\n"

/* What open(2) gives instead of a file of /proc. */
static const char *text;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int
__wrap_open(const char *path, int flags, ...)
{
	int fd;

	if (strncmp(path, "/proc/", 6) != 0)	/* gcov's */
		return __real_open(path, flags, 0600);
	fd = memfd_create("text", MFD_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0)
		bail_out("no memory file");
	return fd;
}

static void
start_is(const char *stat, int want, const char *what)
{
	uint64_t start = 0;

	text = stat;
	is_int(cadre__proc_start(1, &start), want, "%s", what);
	is_u64(start, want == 0 ? 4711 : 0, "%s: a start time or none", what);
}

static void
boot_is(const char *id, int want, const char *what)
{
	uint8_t got[16] = { 0 };

	text = id;
	is_int(cadre__proc_boot(got), want, "%s", what);
	is_int(got[15], want == 0 ? 0xff : 0, "%s: an id or none", what);
}

int
main(void)
{
	start_is("1 (init)" REST, 0, "a process");
	start_is("1 (a) S 9 (b)" REST, 0, "with parentheses in its name");
	start_is("1 (init) Z" REST, -ESRCH, "a zombie");
	start_is("1 (init) X" REST, -ESRCH, "one that is going");
	start_is("1 init" REST, -EPROTO, "without a name");
	start_is("1 (init)", -EPROTO, "cut behind the name");
	start_is("1 (init) S 1 2 3", -EPROTO, "cut before the time");
	start_is("", -EPROTO, "empty");
	boot_is("00112233-4455-6677-8899-aabbccddeeff\n", 0, "a boot");
	boot_is("00112233445566778899aabbccddeeff", 0, "without dashes");
	boot_is("00112233-4455-6677-8899-aabbccddee\n", -EPROTO, "short");
	boot_is("00112233-4455-6677-8899-aabbccddee", -EPROTO, "shorter");
	boot_is("0011223", -EPROTO, "with half a byte");
	boot_is("0011-xy", -EPROTO, "not hexadecimal");
	return done_testing();
}
