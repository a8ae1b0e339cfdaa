# SPDX-License-Identifier: BSD-2-Clause
# Tests of mode sticky: keys and homes, peeking, who steps in.
t_lib_libapp_a_SOURCES += t/lib/sticky.c t/lib/sticky.h

check_PROGRAMS += \
	t/23-sticky-addr.t \
	t/23-sticky-cookie.t
t_23_sticky_cookie_t_SOURCES = t/23-sticky-cookie.c
t_23_sticky_addr_t_SOURCES = t/23-sticky-addr.c
