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
topic_tests += t/37-loss.t t/37-scopes.t t/37-sleep.t
t_37_loss_t_SOURCES = t/37-loss.c
t_37_loss_t_LDADD = $(gazette_libs)
t_37_scopes_t_SOURCES = t/37-scopes.c
t_37_scopes_t_LDADD = $(gazette_libs)
t_37_sleep_t_SOURCES = t/37-sleep.c
t_37_sleep_t_LDADD = $(gazette_libs)
topic_tests += t/37-no-call.t t/37-refused.t t/37-reload.t t/37-shut.t \
	t/37-lingering.t
t_37_refused_t_SOURCES = t/37-refused.c
t_37_refused_t_LDADD = $(gazette_libs)
t_37_no_call_t_SOURCES = t/37-no-call.c
t_37_no_call_t_LDADD = $(gazette_libs)
t_37_reload_t_SOURCES = t/37-reload.c
t_37_reload_t_LDADD = $(gazette_libs)
t_37_lingering_t_SOURCES = t/37-lingering.c t/lib/forge.c t/lib/forge.h
t_37_lingering_t_LDADD = $(gazette_libs)
t_37_shut_t_SOURCES = t/37-shut.c
t_37_shut_t_LDADD = $(gazette_libs)
topic_tests += t/37-died.t t/37-kills.t t/37-stopped.t t/37-trap.t
t_37_stopped_t_SOURCES = t/37-stopped.c
t_37_stopped_t_LDADD = $(gazette_libs)
t_37_trap_t_SOURCES = t/37-trap.c
t_37_trap_t_LDADD = $(gazette_libs)
t_37_died_t_SOURCES = t/37-died.c
t_37_died_t_LDADD = $(gazette_libs)
t_37_kills_t_SOURCES = t/37-kills.c t/lib/reaper.c t/lib/reaper.h
t_37_kills_t_LDADD = $(gazette_libs)

# Slow, and so in none but `make check-long`.
long_tests += t/96-topic-kills.t
t_96_topic_kills_t_SOURCES = t/96-topic-kills.c t/lib/reaper.c t/lib/reaper.h
t_96_topic_kills_t_LDADD = $(gazette_libs)
topic_tests += t/37-attached.t t/37-hostile.t
t_37_attached_t_SOURCES = t/37-attached.c
t_37_attached_t_LDADD = $(gazette_libs)
t_37_hostile_t_SOURCES = t/37-hostile.c t/lib/hostile.c t/lib/sample.c
t_37_hostile_t_LDADD = $(gazette_libs)
topic_tests += t/37-own-loop.t
t_37_own_loop_t_SOURCES = t/37-own-loop.c
t_37_own_loop_t_LDADD = $(gazette_libs)
topic_tests += t/37-bad-news.t t/37-odd-news.t
t_37_bad_news_t_SOURCES = t/37-bad-news.c
t_37_odd_news_t_SOURCES = t/37-odd-news.c
