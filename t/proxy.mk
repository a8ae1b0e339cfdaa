# SPDX-License-Identifier: BSD-2-Clause
# Tests of the PROXY protocol: its parser, and who a worker takes a peer for.
check_LIBRARIES += t/lib/libpreface.a
t_lib_libpreface_a_SOURCES = t/lib/preface.c t/lib/preface.h

proxy_tests = t/04-proxy-binary.t t/04-proxy-line.t
check_PROGRAMS += $(proxy_tests)
t_04_proxy_binary_t_SOURCES = t/04-proxy-binary.c
t_04_proxy_binary_t_LDADD = t/lib/libpreface.a $(runtime_test_libs)
t_04_proxy_line_t_SOURCES = t/04-proxy-line.c
