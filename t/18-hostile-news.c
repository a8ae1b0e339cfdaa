/* t/18-hostile-news: whatever a publisher's slot holds, also while it is read, a reader stays inside, ends each turn, and goes on with the next honest record */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "shm/atomic.h"
#include "t/lib/news.h"
#include "t/lib/tap.h"

#define ROUNDS	40000
#define TURN	64		/* records; no lie makes it more */

static struct cadre_shm_topics *head;	/* on the heap, where ASan sees */
static uint64_t *ring, stop;

static uint64_t *
target(uint64_t *random)
{
	uint64_t any = sample_random(random);

	if (any % 4 == 0)
		return &ring[any / 4 % (SAMPLE_PUBLISH / 8)];
	return (uint64_t *)head + any / 4 % 16;	/* to the marks */
}

static unsigned int
turn(struct cadre__reader *r)
{
	uint64_t n;
	unsigned int got = 0;

	while (got < TURN && news_read(r, &n) != 0)
		got++;
	return got;
}

static void *
liar(void *arg)
{
	uint64_t random = 3, *lies = arg, *at;

	while (shm_load(&stop) == 0) {
		at = target(&random);
		shm_store(at, sample_lie(shm_load(at), &random));
		shm_store(lies, shm_load(lies) + 1);
	}
	return NULL;
}

/* Behind every lie an honest life takes over, and is heard. */
static bool
heals(struct sample *s, struct cadre__reader *r)
{
	uint64_t last = 0, n;

	cadre__publisher_begin(&news_publisher[0], head, ring, SAMPLE_PUBLISH,
	    2);
	/* At the first it may find that it is somewhere else. */
	news_publish(s, 0, 7000);
	for (int i = 0; i < 3; i++)
		(void)turn(r);
	for (uint64_t i = 7001; i <= 7010; i++)
		news_publish(s, 0, i);
	while (news_read(r, &n) == 1)
		last = n;
	return last == 7010;
}

int
main(void)
{
	unsigned int sick = 0, read = 0;
	uint64_t random = 77, lies = 0;
	struct cadre__reader r;
	struct sample *s = sample_new();
	pthread_t t;

	head = calloc(1, sizeof(*head));
	ring = calloc(1, SAMPLE_PUBLISH);
	cadre__publisher_begin(&news_publisher[0], head, ring, SAMPLE_PUBLISH,
	    1);
	cadre__reader_begin(&r, head, ring, SAMPLE_PUBLISH);
	for (uint64_t i = 1; i < ROUNDS; i++) {
		news_publish(s, 0, i);
		for (uint64_t k = sample_random(&random) % 3; k > 0; k--) {
			uint64_t *at = target(&random);

			*at = sample_lie(*at, &random);
		}
		read += turn(&r);
		sick += i % 50 == 0 && !heals(s, &r);
	}
	ok(read > 0, "%u records were read among lies", read);
	is_int((int)sick, 0, "and an honest successor is heard");
	is_int(pthread_create(&t, NULL, liar, &lies), 0, "a liar");
	for (int i = 0; i < ROUNDS || shm_load(&lies) < ROUNDS; i++)
		(void)turn(&r);
	shm_store(&stop, 1);
	pthread_join(t, NULL);
	ok(lies > 0, "%llu lies in the making", (unsigned long long)lies);
	ok(heals(s, &r), "an honest successor is heard");
	free(head);
	free(ring);
	sample_free(s);
	return done_testing();
}
