/* SPDX-License-Identifier: BSD-2-Clause */
/* t/18-sparse-anchor: an anchor that claims room for any number is refused */
#include <errno.h>
#include <string.h>

#include <sys/mman.h>

#include <cadre/error.h>

#include "shm/region.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define CLAIMED	(UINT64_C(1) << 39)	/* address space, not memory */

static struct hostile copy;
static char *anchor;

static struct cadre_shm_section *
section(uint32_t type)
{
	struct cadre_shm_header *h = (void *)anchor;
	struct cadre_shm_section *s =
	    (void *)(anchor + h->sections_offset);

	while (s->type != type)
		s++;
	return s;
}

/* Behind all that is there, where the map is empty and as long as it likes. */
static void
refused(uint32_t type, uint32_t records, const char *what)
{
	struct cadre_shm_section *s = section(type), before = *s;
	struct cadre_region *r = NULL;

	s->offset = copy.anchor_bytes;
	s->records = records;
	s->bytes = (uint64_t)records * s->record_bytes;
	is_int(cadre__region_wrap(anchor, CLAIMED,
	    (const void *const *)copy.slot, NULL, &r), -EPROTO, "%s: refused", what);
	ok(r == NULL, "%s: no handle", what);
	cadre_region_close(r);
	*s = before;
}

int
main(void)
{
	struct sample *s = sample_new();
	struct cadre_region *r = NULL;

	sample_copy(s, &copy);
	anchor = mmap(NULL, CLAIMED, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (anchor == MAP_FAILED)
		skip_all("no 512 GiB of address space: %s", strerror(errno));
	memcpy(anchor, copy.anchor, copy.anchor_bytes);
	((struct cadre_shm_header *)(void *)anchor)->anchor_bytes = CLAIMED;
	is_int(cadre__region_wrap(anchor, CLAIMED,
	    (const void *const *)copy.slot, NULL, &r), 0, "a long anchor is read");
	cadre_region_close(r);
	refused(CADRE_SECTION_SCHEMA, 1U << 20, "2^20 metrics");
	refused(CADRE_SECTION_SCHEMA, 0x7fffffff, "2^31 - 1 metrics");
	refused(CADRE_SECTION_EVENTS, 1U << 28, "2^28 events");
	refused(CADRE_SECTION_LISTENERS, 1U << 20, "2^20 listeners");
	refused(CADRE_SECTION_INTAKE, 1U << 20, "2^20 of what was taken in");
	refused(CADRE_SECTION_ASSIGNED, 1U << 26, "an acceptor's of 4 GiB");
	munmap(anchor, CLAIMED);
	sample_free(s);
	return done_testing();
}
