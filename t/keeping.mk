# SPDX-License-Identifier: BSD-2-Clause
# Tests of what keeps an app alive: seats at rest and their reset, limits of
# memory, recycling, deadlines of requests.
keeping_tests = \
	t/29-deadlines.t \
	t/40-overdue.t \
	t/42-memory.t \
	t/42-quorum.t \
	t/42-quorum-done.t \
	t/42-stop-codes.t \
	t/46-nth-recycle.t \
	t/59-recycle.t \
	t/59-recycle-fails.t \
	t/59-recycle-lies.t \
	t/59-recycle-reload.t \
	t/59-reset.t
check_PROGRAMS += $(keeping_tests)
$(keeping_tests): t/lib/program

t_29_deadlines_t_SOURCES = t/29-deadlines.c
t_40_overdue_t_SOURCES = t/40-overdue.c
t_42_memory_t_SOURCES = t/42-memory.c
t_42_quorum_t_SOURCES = t/42-quorum.c
t_42_quorum_done_t_SOURCES = t/42-quorum-done.c
t_42_stop_codes_t_SOURCES = t/42-stop-codes.c
t_46_nth_recycle_t_SOURCES = t/46-nth-recycle.c
t_46_nth_recycle_t_LDADD = t/lib/libnth.a $(runtime_test_libs)
t_46_nth_recycle_t_LDFLAGS = $(nth_ldflags)
t_59_recycle_t_SOURCES = t/59-recycle.c
t_59_recycle_fails_t_SOURCES = t/59-recycle-fails.c
t_59_recycle_lies_t_SOURCES = t/59-recycle-lies.c
t_59_recycle_reload_t_SOURCES = t/59-recycle-reload.c
t_59_reset_t_SOURCES = t/59-reset.c
t_59_reset_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_59_reset_t_LDADD = $(command_test_libs)
