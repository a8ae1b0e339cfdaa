/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The readers of proc(5): when a process started, of which boot, what it uses,
 * who listens on a port. The input chooses one of them, and is the file.
 */
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "tools/port.h"
#include "tools/proc.h"
#include "tools/text.h"
#include "t/fuzz/feed.h"

#include "shm/proc.c"	/* NOLINT(bugprone-suspicious-include) */
#define slurp slurp_of
#include "tools/proc.c"	/* NOLINT(bugprone-suspicious-include) */
#undef slurp
#include "tools/port.c"	/* NOLINT(bugprone-suspicious-include) */

static void
start(void)
{
	uint64_t ticks = 1;
	int err = cadre__proc_start(1, &ticks);

	claim(err == 0 || err == -ESRCH || err == -EPROTO);
	claim(err == 0 || ticks == 1);
}

static void
boot(void)
{
	uint8_t id[16] = { 1 };
	int err = cadre__proc_boot(id);

	claim(err == 0 || err == -ENOENT || err == -EPROTO || err == -ESRCH);
	claim(err == 0 || id[0] == 1);
}

static void
process(void)
{
	struct proc p = { .start = 1 }, before = { .cpu_ticks = 100 };
	int err = proc_read_same(1, input_word(&feed, 2), &p);

	claim(err == 0 || err == -ESRCH || err == -EPROTO);
	claim(err == 0 || p.start == 1);
	claim(proc_cpu(&before, &p, input_word(&feed, 4)) >= 0);
	claim(proc_read_same(0, 0, &p) == -ESRCH);
}

static void
command(void)
{
	char name[64];

	proc_command(1, name, 1 + input_byte(&feed) % sizeof(name));
	claim(text_is_clean(name));
}

static void
ports(void)
{
	struct sockets s = { .n = 0 };
	struct port p = { .number = 80 };

	listeners(&p, "tcp", &s);
	listeners(&p, "tcp6", &s);
	claim(s.n <= INODES_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(void) = { start, boot, process, command,
		ports };

	feed = (struct bytes){ data, size };
	readers[input_byte(&feed) % (sizeof(readers) / sizeof(readers[0]))]();
	return 0;
}
