/* t/11-object: who has a read-only descriptor can read an object, and nothing else */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shm/object.h"
#include "t/lib/tap.h"

#define BYTES	8192

int
main(void)
{
	int fd = cadre__object_new("cadre:test:slot:0", BYTES), ro, plain;
	struct stat st;
	size_t bytes = 0;
	void *rw, *map, *bad = MAP_FAILED;
	char path[64];

	ok(fd >= 0, "an object");
	is_int(fcntl(fd, F_GETFD), FD_CLOEXEC, "close-on-exec");
	fstat(fd, &st);
	is_int(st.st_mode & 07777, 0600, "its owner's");
	is_int(st.st_blocks * 512, BYTES, "every page is there");
	is_int(fcntl(fd, F_GET_SEALS) & (F_SEAL_SHRINK | F_SEAL_GROW |
	    F_SEAL_SEAL | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE),
	    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL, "sealed, not to writes");
	is_int(ftruncate(fd, 0), -1, "its writer cannot shrink it");
	is_int(ftruncate(fd, 2 * BYTES), -1, "nor let it grow");
	is_int(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1, "nor seal it more");
	is_int(cadre__object_map(fd, BYTES, PROT_READ | PROT_WRITE, NULL, &rw),
	    0, "but write it");

	ro = cadre__object_reopen(fd);
	ok(ro >= 0, "reopened read-only");
	is_int(fcntl(ro, F_GETFL) & O_ACCMODE, O_RDONLY, "it is");
	is_int(cadre__object_map(ro, BYTES, PROT_READ | PROT_WRITE, NULL, &bad),
	    -EACCES, "no writable map of it");
	ok(bad == MAP_FAILED, "nothing returned on failure");
	is_int(cadre__object_map(ro, BYTES, PROT_READ, NULL, &map), 0, "a map");
	is_int(mprotect(map, BYTES, PROT_READ | PROT_WRITE), -1,
	    "mprotect cannot make it writable");
	is_int(errno, EACCES, "the kernel says why");
	is_int(pwrite(ro, "x", 1, 0), -1, "no write(2)");
	is_int(ftruncate(ro, 0), -1, "no truncation");
	*(char *)rw = 7;
	is_int(*(char *)map, 7, "what the writer stores is seen");
	is_int(cadre__object_check(ro, &bytes), 0, "it passes the check");
	is_u64(bytes, BYTES, "with its size");
	is_int(cadre__object_map(ro, 4096, PROT_READ, rw, &map), 0, "over");
	ok(map == rw, "at the place asked for");

	plain = memfd_create("plain", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	is_int(ftruncate(plain, BYTES), 0, "a memfd without seals");
	is_int(cadre__object_check(plain, &bytes), -EPROTO, "is refused");
	snprintf(path, sizeof(path), "/tmp/cadre-object-%d", (int)getpid());
	plain = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	is_int(ftruncate(plain, BYTES), 0, "a file");
	is_int(cadre__object_check(plain, &bytes), -EPROTO, "is refused");
	unlink(path);
	is_int(cadre__object_check(-1, &bytes), -EPROTO, "so is none");
	is_int(cadre__object_reopen(-1), -ENOENT, "which cannot be reopened");
	return done_testing();
}
