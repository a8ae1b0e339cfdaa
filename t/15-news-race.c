/* t/15-news-race: against publishers that are fast, or killed, no record is torn, and read + lost is what was published */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/atomic.h"
#include "t/lib/news.h"
#include "t/lib/tap.h"

#define RECORDS	300000
#define KILLS	200

static struct sample *s;
static struct cadre__reader r;
static uint64_t last, got;
static unsigned int bad;

/* From where the last one ended, until it is killed, or to that number. */
static pid_t
publisher(uint64_t to)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	news_begin(s, 0);
	for (uint64_t n = news_head(s, 0)->records + 1; n <= to; n++)
		news_publish(s, 0, n);
	_exit(0);
}

static void
read_some(void)
{
	uint64_t n;
	int one;

	for (int i = 0; i < 100 && (one = news_read(&r, &n)) != 0; i++) {
		bad += one < 0 || n <= last || n != r.seen;
		last = n;
		got++;
	}
}

int
main(void)
{
	uint64_t before, got_killed;
	int kills = 0;
	pid_t pid;

	s = sample_new();
	sample_spawn(s, 0);
	news_begin(s, 0);
	cadre__reader_begin(&r, news_head(s, 0), news_publisher[0].ring,
	    SAMPLE_PUBLISH);
	pid = publisher(RECORDS);
	while (waitpid(pid, NULL, WNOHANG) == 0)
		read_some();
	read_some();
	is_int((int)bad, 0, "none torn, all in order, and the one it says");
	ok(got > 10 && last == RECORDS, "%llu were read, to the newest",
	    (unsigned long long)got);
	is_u64(got + r.lost, RECORDS, "read + lost = published");
	got_killed = got;
	while (kills++ < KILLS) {
		before = got;
		pid = publisher(UINT64_MAX);
		for (int i = kills % 9; i > 0 || got == before; i--)
			read_some();
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		for (int i = 0; i < 100; i++)
			read_some();
		bad += last != shm_load(&news_head(s, 0)->records) ||
		    got + r.lost != last;
	}
	is_int((int)bad, 0, "%d killed: none torn, all counted, each successor "
	    "goes on", KILLS);
	ok(got > got_killed, "%llu more were read",
	    (unsigned long long)(got - got_killed));
	sample_free(s);
	return done_testing();
}
