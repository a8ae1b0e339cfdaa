# SPDX-License-Identifier: BSD-2-Clause
# Tests of mode sticky: keys and homes, peeking, who steps in.
t_lib_libapp_a_SOURCES += t/lib/sticky.c t/lib/sticky.h

check_PROGRAMS += \
	t/04-head.t \
	t/04-sticky-homes.t \
	t/04-sticky-keys.t
t_04_head_t_SOURCES = t/04-head.c
t_04_sticky_homes_t_SOURCES = t/04-sticky-homes.c
t_04_sticky_homes_t_LDADD = $(runtime_test_libs) -lm
t_04_sticky_keys_t_SOURCES = t/04-sticky-keys.c

check_PROGRAMS += \
	t/23-sticky-addr.t \
	t/23-sticky-cookie.t \
	t/23-sticky-proxy.t \
	t/23-sticky-short.t \
	t/23-sticky-split.t \
	t/28-sticky-bound.t \
	t/28-sticky-pause.t \
	t/41-sticky-away.t \
	t/41-sticky-crash.t \
	t/41-sticky-crowd.t \
	t/41-sticky-odd.t \
	t/41-sticky-once.t \
	t/56-sticky-scale.t
t_28_sticky_pause_t_SOURCES = t/28-sticky-pause.c
t_28_sticky_bound_t_SOURCES = t/28-sticky-bound.c
t_41_sticky_away_t_SOURCES = t/41-sticky-away.c
t_41_sticky_crowd_t_SOURCES = t/41-sticky-crowd.c
t_41_sticky_odd_t_SOURCES = t/41-sticky-odd.c
t_41_sticky_once_t_SOURCES = t/41-sticky-once.c
t_56_sticky_scale_t_SOURCES = t/56-sticky-scale.c t/lib/scaled.c \
	t/lib/scaled.h t/lib/restart.c t/lib/restart.h
t_23_sticky_proxy_t_SOURCES = t/23-sticky-proxy.c
t_23_sticky_proxy_t_LDADD = t/lib/libpreface.a $(runtime_test_libs)
t_23_sticky_short_t_SOURCES = t/23-sticky-short.c
t_23_sticky_short_t_LDADD = t/lib/libpreface.a $(runtime_test_libs)
t_23_sticky_split_t_SOURCES = t/23-sticky-split.c
t_41_sticky_crash_t_SOURCES = t/41-sticky-crash.c
t_23_sticky_cookie_t_SOURCES = t/23-sticky-cookie.c
t_23_sticky_addr_t_SOURCES = t/23-sticky-addr.c

check_PROGRAMS += t/73-doctor-sticky.t
t_73_doctor_sticky_t_SOURCES = t/73-doctor-sticky.c
t_73_doctor_sticky_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_73_doctor_sticky_t_LDADD = $(command_test_libs)

check_PROGRAMS += t/73-stat-sticky.t
t_73_stat_sticky_t_SOURCES = t/73-stat-sticky.c
t_73_stat_sticky_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_73_stat_sticky_t_LDADD = $(command_test_libs)
