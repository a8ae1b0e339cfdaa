# SPDX-License-Identifier: BSD-2-Clause
# Tests of the PROXY protocol: its parser, and who a worker takes a peer for.
check_LIBRARIES += t/lib/libpreface.a
t_lib_libpreface_a_SOURCES = t/lib/preface.c t/lib/preface.h \
	t/lib/preface-parse.c

proxy_tests = t/04-proxy-binary.t t/04-proxy-line.t t/04-proxy-values.t
check_PROGRAMS += $(proxy_tests)
t_04_proxy_binary_t_SOURCES = t/04-proxy-binary.c
t_04_proxy_binary_t_LDADD = t/lib/libpreface.a $(runtime_test_libs)
t_04_proxy_line_t_SOURCES = t/04-proxy-line.c
t_04_proxy_values_t_SOURCES = t/04-proxy-values.c
t_04_proxy_values_t_LDADD = t/lib/libpreface.a $(runtime_test_libs)

check_LIBRARIES += t/lib/libintroduced.a
t_lib_libintroduced_a_SOURCES = t/lib/introduced.c t/lib/introduced.h
introduced_libs = t/lib/libintroduced.a t/lib/libpreface.a \
	$(runtime_test_libs)

proxied_tests = t/23-proxy-options.t t/25-proxy-programs.t \
	t/41-proxied.t t/41-proxied-bad.t t/41-proxied-chaos.t \
	t/41-proxied-drain.t \
	t/28-proxied-limits.t t/41-proxied-flood.t t/41-proxied-late.t \
	t/41-proxied-unix.t t/47-acceptor-frames.t t/47-refusals-lied.t \
	t/54-proxied-reload.t
check_PROGRAMS += $(proxied_tests)
proxied_execing = t/25-proxy-programs.t
$(proxied_execing): t/lib/program
t_23_proxy_options_t_SOURCES = t/23-proxy-options.c
t_25_proxy_programs_t_SOURCES = t/25-proxy-programs.c
t_25_proxy_programs_t_LDADD = $(introduced_libs)
t_41_proxied_t_SOURCES = t/41-proxied.c
t_41_proxied_t_LDADD = $(introduced_libs)
t_41_proxied_bad_t_SOURCES = t/41-proxied-bad.c
t_41_proxied_bad_t_LDADD = $(introduced_libs)
t_41_proxied_drain_t_SOURCES = t/41-proxied-drain.c
t_41_proxied_drain_t_LDADD = $(introduced_libs)
t_41_proxied_late_t_SOURCES = t/41-proxied-late.c
t_41_proxied_late_t_LDADD = $(introduced_libs)
t_41_proxied_unix_t_SOURCES = t/41-proxied-unix.c
t_41_proxied_unix_t_LDADD = $(introduced_libs)
t_28_proxied_limits_t_SOURCES = t/28-proxied-limits.c
t_28_proxied_limits_t_LDADD = $(introduced_libs)
t_41_proxied_flood_t_SOURCES = t/41-proxied-flood.c
t_41_proxied_flood_t_LDADD = $(introduced_libs)
t_54_proxied_reload_t_SOURCES = t/54-proxied-reload.c
t_54_proxied_reload_t_LDADD = $(introduced_libs)
t_41_proxied_chaos_t_SOURCES = t/41-proxied-chaos.c
t_41_proxied_chaos_t_LDADD = $(introduced_libs)
t_47_acceptor_frames_t_SOURCES = t/47-acceptor-frames.c
t_47_refusals_lied_t_SOURCES = t/47-refusals-lied.c
