/* t/18-hostile-race: bytes that change during the read do a reader no harm */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdlib.h>

#include "shm/atomic.h"
#include "shm/region.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define ROUNDS	400

static struct hostile h;
static uint64_t stop;

/* Each word is a lie most of the time, and the truth again and again. */
static void *
liar(void *arg)
{
	uint64_t random = 99, lies = 0;

	while (shm_load(&stop) == 0) {
		uint64_t *at = sample_target(&h, &random);
		uint64_t truth = shm_load(at);

		for (int i = 0; i < 8; i++) {
			shm_store(at, sample_lie(truth, &random));
			shm_store(at, truth);
		}
		shm_store(at, sample_lie(truth, &random));
		shm_store(at, truth);
		lies++;
	}
	*(uint64_t *)arg = lies;
	return NULL;
}

int
main(void)
{
	struct sample *s = sample_new();
	uint64_t random = 5, lies = 0, sum = 0;
	unsigned int opened = 0, refused = 0;
	struct cadre_region *again;
	pthread_t t;

	for (unsigned int i = 0; i < SAMPLE_SLOTS; i++)
		sample_spawn(s, i);
	sample_copy(s, &h);
	is_int(pthread_create(&t, NULL, liar, &lies), 0, "a liar");
	for (unsigned int round = 0; round < ROUNDS; round++) {
		sum += sample_read_all(h.region, &random);
		for (int i = 0; i < 50; i++) {
			if (sample_wrap(&h, &again) < 0) {
				refused++;
				continue;
			}
			opened++;
			cadre_region_close(again);
		}
	}
	shm_store(&stop, 1);
	pthread_join(t, NULL);
	ok(lies > 0, "%llu words lied", (unsigned long long)lies);
	ok(opened > 0, "opened %u times, refused %u", opened, refused);
	is_u64(sample_read_all(h.region, &random) != sum, 1, "and read on");
	ok(cadre_region_metrics(h.region) >= SAMPLE_METRICS, "all there");
	sample_copy_free(&h);
	sample_free(s);
	return done_testing();
}
