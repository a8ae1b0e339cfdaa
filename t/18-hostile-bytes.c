/* t/18-hostile-bytes: whatever bytes a region holds, a reader refuses it or reads on, and never crashes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>

#include "shm/region.h"
#include "t/lib/news.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define ROUNDS		6000
#define LIES_MAX	4

int
main(void)
{
	struct sample *s = sample_new();
	struct cadre_shm_event e = { .kind = CADRE_EVENT_DIED, .healths = 8,
	    .text_bytes = 300, .text = "last words" };
	uint64_t random = 20240501, old[LIES_MAX], *at[LIES_MAX], sum = 0;
	unsigned int opened = 0, refused = 0, odd = 0;
	struct cadre_region *again;
	struct hostile h;
	int err;

	for (unsigned int i = 0; i < SAMPLE_SLOTS - 1; i++) {
		sample_spawn(s, i);
		for (unsigned int k = 0; k < 1500; k++)
			cadre__slot_health_push(&s->worker[i], k, 0);
		news_begin(s, i);
		for (uint64_t k = 1; k < 100; k++)
			news_publish(s, i, k);
	}
	for (int i = 0; i < 300; i++)
		cadre__anchor_event(s->anchor, &e);
	sample_copy(s, &h);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		unsigned int lies = 1 + sample_random(&random) % LIES_MAX;

		for (unsigned int i = 0; i < lies; i++) {
			at[i] = sample_target(&h, &random);
			old[i] = *at[i];
			*at[i] = sample_lie(*at[i], &random);
		}
		/* One who was there before, and one who comes now. */
		sum += sample_read_all(h.region, &random);
		err = sample_wrap(&h, &again);
		refused += err == -EPROTO;
		odd += err < 0 && err != -EPROTO;
		/* The copies are of the size that the truth has. */
		if (err == 0 && sample_fits(&h, again))
			sum += sample_read_all(again, &random);
		if (err == 0) {
			opened++;
			cadre_region_close(again);
		}
		for (unsigned int i = lies; i > 0; i--)
			*at[i - 1] = old[i - 1];
	}
	ok(refused > ROUNDS / 20, "%u regions refused", refused);
	ok(opened > ROUNDS / 20, "%u regions read to the end", opened);
	is_int(odd, 0, "no other error than -EPROTO");
	h.anchor_bytes = 128;
	is_int(sample_wrap(&h, &again), -EPROTO, "a part of a header: refused");
	diag("of figures without meaning: %llu", (unsigned long long)sum);
	sample_copy_free(&h);
	sample_free(s);
	return done_testing();
}
