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
	t/23-sticky-cookie.t
t_23_sticky_cookie_t_SOURCES = t/23-sticky-cookie.c
t_23_sticky_addr_t_SOURCES = t/23-sticky-addr.c
