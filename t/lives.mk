# SPDX-License-Identifier: BSD-2-Clause
# Tests of what a master is told of its workers' lives, and of who sends what
# nobody should, or more than anybody takes.
t_lib_libapp_a_SOURCES += t/lib/flood.c t/lib/flood.h t/lib/forge.c \
	t/lib/forge.h t/lib/lives.c t/lib/lives.h t/lib/suspect.c \
	t/lib/suspect.h t/lib/flood-master.c

lives_tests = t/35-lives.t t/35-lives-order.t t/35-lives-busy.t t/35-lives-freed.t \
	t/35-lives-killed.t t/35-lives-program.t t/36-bad-messages.t \
	t/36-flood.t t/36-lingering.t t/36-spawn-inside.t t/36-no-descriptors.t \
	t/36-odd-messages.t
check_PROGRAMS += $(lives_tests)
lives_of_programs = t/35-lives-program.t
$(lives_of_programs): t/lib/program
t_35_lives_t_SOURCES = t/35-lives.c
t_35_lives_busy_t_SOURCES = t/35-lives-busy.c
t_35_lives_busy_t_LDADD = $(post_test_libs)
t_35_lives_order_t_SOURCES = t/35-lives-order.c
t_35_lives_order_t_LDADD = $(runtime_test_libs)
t_35_lives_freed_t_SOURCES = t/35-lives-freed.c
t_35_lives_freed_t_LDADD = $(post_test_libs)
t_35_lives_killed_t_SOURCES = t/35-lives-killed.c
t_35_lives_program_t_SOURCES = t/35-lives-program.c
t_36_bad_messages_t_SOURCES = t/36-bad-messages.c
t_36_lingering_t_SOURCES = t/36-lingering.c
t_36_lingering_t_LDADD = $(post_test_libs)
t_36_spawn_inside_t_SOURCES = t/36-spawn-inside.c
t_36_spawn_inside_t_LDADD = $(post_test_libs)
t_36_no_descriptors_t_SOURCES = t/36-no-descriptors.c
t_36_no_descriptors_t_LDADD = $(post_test_libs)
t_36_odd_messages_t_SOURCES = t/36-odd-messages.c
t_36_flood_t_SOURCES = t/36-flood.c

long_tests += t/95-lives.t t/96-message-flood.t
t_95_lives_t_SOURCES = t/95-lives.c
t_96_message_flood_t_SOURCES = t/96-message-flood.c
