/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every access to a word that another process may touch goes through here:
 * Concurrency Kit's ck_pr, or the compiler's atomics under TSan and ASan,
 * which cannot see into ck_pr's assembler. On x86-64 all of it is plain
 * moves; the fences are for the compiler there and real on arm64.
 */
#ifndef SHM_ATOMIC_H
#define SHM_ATOMIC_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SHM_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SHM_SANITIZED 1
#endif
#endif

#ifdef SHM_SANITIZED
#define shm_load(p)		__atomic_load_n((p), __ATOMIC_RELAXED)
#define shm_store(p, v)		__atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define shm_load32(p)		__atomic_load_n((p), __ATOMIC_RELAXED)
#define shm_store32(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define shm_add(p, n)							\
	((void)__atomic_fetch_add((p), (n), __ATOMIC_RELAXED))
#define shm_fence_load()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define shm_fence_store()	__atomic_thread_fence(__ATOMIC_RELEASE)
#define shm_fence_full()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#else
#include <ck_pr.h>
#define shm_load(p)		ck_pr_load_64(p)
#define shm_store(p, v)		ck_pr_store_64((p), (v))
#define shm_load32(p)		ck_pr_load_32(p)
#define shm_store32(p, v)	ck_pr_store_32((p), (v))
#define shm_add(p, n)		ck_pr_add_64((p), (n))
#define shm_fence_load()	ck_pr_fence_load()
#define shm_fence_store()	ck_pr_fence_store()
#define shm_fence_full()	ck_pr_fence_memory()
#endif

/*
 * A word of any structure: without this the compiler may take its words and
 * its fields for different memory.
 */
typedef uint64_t __attribute__((may_alias)) shm_word;

/* A word that nobody else stores: no lock prefix. */
static inline void
shm_bump(uint64_t *word, uint64_t n)
{
	shm_store(word, shm_load(word) + n);
}

/* Copy whole words between private and shared memory, one relaxed access each. */
static inline void
shm_copy_out(void *to, const void *from, size_t bytes)
{
	shm_word *t = to;
	const shm_word *f = from;

	for (size_t i = 0; i < bytes / sizeof(*t); i++)
		t[i] = shm_load(&f[i]);
}

static inline void
shm_copy_in(void *to, const void *from, size_t bytes)
{
	shm_word *t = to;
	const shm_word *f = from;

	for (size_t i = 0; i < bytes / sizeof(*t); i++)
		shm_store(&t[i], f[i]);
}

#endif
