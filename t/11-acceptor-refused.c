/* t/11-acceptor-refused: the acceptor's object is doubted: rows that cannot be and sizes that do not fit are refused */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include <cadre/error.h>

#include "shm/object.h"
#include "shm/region.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

static struct sample *s;
static struct cadre_shm_section *assigned, *intake;

/* Try with the directory as it is now, and put back what it was. */
static void
refused(const struct cadre_shm_section before[2], const char *what)
{
	struct cadre_region *r = NULL;

	is_int(sample_reopen(s->anchor, &r), -EPROTO, "%s: refused", what);
	ok(r == NULL, "%s: no handle", what);
	*assigned = before[0];
	*intake = before[1];
}

static void
given(struct cadre_region *r, int fd, int want, const char *what)
{
	is_int(cadre__region_acceptor(r, fd), want, "%s", what);
	is_int(cadre__region_missing(r), want == 0 ? SAMPLE_SLOTS :
	    SAMPLE_SLOTS + 1, "%s: so much is missing", what);
}

int
main(void)
{
	struct cadre_shm_section before[2], *dir;
	struct cadre_region *r = NULL;
	int fd, unsealed = memfd_create("unsealed", MFD_CLOEXEC);

	s = sample_new();
	dir = (void *)(s->anchor->map + sizeof(struct cadre_shm_header));
	assigned = &dir[8], intake = &dir[9];
	before[0] = *assigned, before[1] = *intake;
	assigned->records = SAMPLE_SLOTS - 1;
	refused(before, "a row for all slots but one");
	assigned->record_bytes = 56;
	refused(before, "rows that are too short");
	assigned->object = CADRE_OBJECT_SLOT;
	refused(before, "rows in another object");
	intake->type = 999;
	refused(before, "nothing of the listeners");
	intake->offset = UINT64_C(1) << 32;
	refused(before, "an object of more than 4 GiB");
	assigned->bytes = UINT64_MAX;
	refused(before, "rows without end");
	intake->offset = s->anchor->places.acceptor_bytes;
	refused(before, "rows behind the end of what is there");
	ok(strstr(cadre_error(-EPROTO), "acceptor") != NULL, "it says which");

	fd = cadre__object_reopen(s->anchor->fd);
	is_int(cadre__region_new(fd, &r), 0, "all as it should be");
	close(fd);
	if (ftruncate(unsealed, 1 << 20) < 0)
		bail_out("no memory");
	given(r, unsealed, -EPROTO, "memory that may shrink: refused");
	given(r, s->anchor->acceptor_fd, 0, "the object: taken");
	given(r, unsealed, 0, "it is there: no other is looked at");
	cadre_region_close(r);
	sample_free(s);
	return done_testing();
}
