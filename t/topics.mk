# SPDX-License-Identifier: BSD-2-Clause
# Tests of publish and subscribe between processes: t/37*, t/96. Those of its
# rings alone are in shm/shm.mk.
check_LIBRARIES += t/lib/libgazette.a
t_lib_libgazette_a_SOURCES = t/lib/gazette.c t/lib/gazette.h
gazette_libs = t/lib/libgazette.a $(post_test_libs)

topic_tests = \
	t/37-publish.t \
	t/37-topics.t
check_PROGRAMS += $(topic_tests)
t_37_publish_t_SOURCES = t/37-publish.c
t_37_publish_t_LDADD = $(gazette_libs)
t_37_topics_t_SOURCES = t/37-topics.c
t_37_topics_t_LDADD = $(gazette_libs)
