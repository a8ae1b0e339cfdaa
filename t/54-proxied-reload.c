/* t/54-proxied-reload: no client of a proxy is lost over reloads and restarts, whenever its header comes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/wait.h>

#include "t/lib/introduced.h"
#include "t/lib/keeper.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define CLIENTS	3
#define LINE	"PROXY TCP4 192.0.2.1 198.51.100.7 40000 443\r\n"
#define WHO	"192.0.2.1:40000 v1 via 127.0.0.1 to 198.51.100.7:443 "

static struct { unsigned int good, bad; } *seen;

/* Its header comes at once, or in two parts some time apart. */
static void __attribute__((noreturn))
client(const struct app *a, int which)
{
	size_t part = which == 0 ? strlen(LINE) : 9;
	int fd;

	for (unsigned int n = 0;; n++) {
		fd = introduced_send(a, LINE, part);
		if (part < strlen(LINE)) {
			usleep((useconds_t)(which == 1 ? 300 : n % 7 * 3000));
			(void)!send(fd, LINE + part, strlen(LINE) - part,
			    MSG_NOSIGNAL);
		}
		if (introduced_as(fd, WHO))
			__atomic_fetch_add(&seen->good, 1, __ATOMIC_RELAXED);
		else
			__atomic_fetch_add(&seen->bad, 1, __ATOMIC_RELAXED);
		close(fd);
	}
}

static bool
more(void *arg)
{
	return __atomic_load_n(&seen->good, __ATOMIC_RELAXED) >
	    *(unsigned int *)arg + 20;
}

static void
mode(const char *options)
{
	struct app *a = keeper_start(2, introduced, options);
	pid_t pids[CLIENTS];
	unsigned int before;
	char why[300] = "";

	memset(seen, 0, sizeof(*seen));
	for (int i = 0; i < CLIENTS; i++)
		if ((pids[i] = fork()) == 0)
			client(a, i);
	for (int i = 0; i < 3; i++) {
		before = seen->good;
		ok(app_until(more, &before), "%s: they are answered", options);
		is_int(i < 2 ? ask_reload(a, 0, why, sizeof(why)) :
		    ask_restart(a, why, sizeof(why)), 0, "%s%s",
		    i < 2 ? "a reload" : "a restart", why);
	}
	before = seen->good;
	ok(app_until(more, &before), "and afterwards");
	for (int i = 0; i < CLIENTS; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	is_u64(seen->bad, 0, "of %u none was lost", seen->good);
	ok(keeper_rests(a, 2), "no load is left");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	mode("mode=gate,proxy=127.0.0.1");
	mode("mode=spread,proxy=127.0.0.1");
	mode("mode=rr,proxy=127.0.0.1");
	return done_testing();
}
