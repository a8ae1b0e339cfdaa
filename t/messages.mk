# SPDX-License-Identifier: BSD-2-Clause
# Tests of messages, t/3*: what is sent comes, in order, or is counted.
check_LIBRARIES += t/lib/libpost.a
t_lib_libpost_a_SOURCES = t/lib/post.c t/lib/post.h
post_test_libs = t/lib/libpost.a $(runtime_test_libs)

check_PROGRAMS += \
	t/30-sizes.t
t_30_sizes_t_SOURCES = t/30-sizes.c
t_30_sizes_t_LDADD = $(post_test_libs)
check_PROGRAMS += t/38-answers-master.t
t_38_answers_master_t_SOURCES = t/38-answers-master.c
t_38_answers_master_t_LDADD = $(post_test_libs)
check_PROGRAMS += t/38-answers-worker.t
t_38_answers_worker_t_SOURCES = t/38-answers-worker.c
t_38_answers_worker_t_LDADD = $(post_test_libs)
