# SPDX-License-Identifier: BSD-2-Clause
# bench/: measurements. Built and run by `make bench`, by nothing else, but for
# the load generator.
bench_programs = bench/counter bench/fork bench/respawn
bench_scripts = bench/cores.sh bench/http.sh bench/master.sh
dispatch_programs = bench/dispatch-handover bench/dispatch-server bench/herd
dispatch_scripts = bench/dispatch.sh bench/dispatch-balance.sh \
	bench/dispatch-heavy.sh bench/dispatch-idle.sh bench/dispatch-lib.sh \
	bench/dispatch-rates.sh bench/dispatch-seats.sh bench/dispatch-stall.sh
reload_scripts = bench/reload.sh
messages_scripts = bench/messages.sh
sessions_scripts = bench/sessions.sh
sticky_scripts = bench/sticky.sh
EXTRA_PROGRAMS += $(bench_programs) $(dispatch_programs) bench/reload-watch \
	bench/messages bench/sticky-load
EXTRA_LIBRARIES = bench/libmeasure.a

bench_libmeasure_a_SOURCES = bench/measure.c bench/measure.h
bench_libmeasure_a_CPPFLAGS = $(AM_CPPFLAGS) -DBENCH_CFLAGS='"$(CFLAGS)"'

bench_counter_SOURCES = bench/counter.c bench/fixture.c bench/fixture.h
bench_counter_LDADD = bench/libmeasure.a shm/libcadre-shm-core.la
bench_fork_SOURCES = bench/fork.c
bench_fork_LDADD = bench/libmeasure.a runtime/libcadre-core.la \
	shm/libcadre-shm-core.la
bench_respawn_SOURCES = bench/respawn.c
bench_respawn_LDADD = $(bench_fork_LDADD)

bench_dispatch_handover_SOURCES = bench/dispatch-handover.c
bench_dispatch_handover_LDADD = $(bench_fork_LDADD)
bench_dispatch_server_SOURCES = bench/dispatch-server.c
bench_dispatch_server_LDADD = libcadre.la libcadre-shm.la -lm
bench_reload_watch_SOURCES = bench/reload-watch.c
bench_reload_watch_LDADD = libcadre.la libcadre-shm.la
bench_messages_SOURCES = bench/messages.c bench/messages-bare.c \
	bench/messages.h
bench_messages_LDADD = bench/libmeasure.a libcadre.la libcadre-shm.la
bench_sticky_load_SOURCES = bench/sticky-load.c
bench_sticky_load_LDADD =
bench_herd_SOURCES = bench/herd.c
bench_herd_LDADD = bench/libmeasure.a libcadre-shm.la

# The load generator: nothing of libcadre is in it. Tests use it too.
noinst_PROGRAMS += bench/cadre-load
bench_cadre_load_SOURCES = bench/load.c bench/load.h \
	bench/load-conn.c bench/load-conn.h \
	bench/load-figures.c bench/load-figures.h \
	bench/load-histogram.c bench/load-histogram.h \
	bench/load-json.c \
	bench/load-loop.c bench/load-loop.h \
	bench/load-options.c bench/load-options.h \
	bench/load-proxy.c bench/load-proxy.h \
	bench/load-report.c \
	bench/load-run.c \
	bench/load-schedule.c bench/load-schedule.h \
	bench/load-tally.c bench/load-tally.h \
	bench/load-target.c bench/load-target.h
bench_cadre_load_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
bench_cadre_load_LDADD = $(JANSSON_LIBS) $(HTTP_PARSER_LIBS) -lm

# A server that misbehaves as told, and the generator that is let loose on it.
check_LIBRARIES += t/lib/libstub.a
t_lib_libstub_a_SOURCES = t/lib/stub.c t/lib/stub.h
t_lib_libstub_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
load_test_libs = t/lib/libstub.a $(command_test_libs)

check_PROGRAMS += t/87-load-accepted.t
t_87_load_accepted_t_SOURCES = t/87-load-accepted.c
t_87_load_accepted_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_87_load_accepted_t_LDADD = $(load_test_libs)
check_PROGRAMS += t/87-load-errors.t
t_87_load_errors_t_SOURCES = t/87-load-errors.c
t_87_load_errors_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_87_load_errors_t_LDADD = $(load_test_libs)
check_PROGRAMS += t/87-load-hold.t
t_87_load_hold_t_SOURCES = t/87-load-hold.c
t_87_load_hold_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_87_load_hold_t_LDADD = $(load_test_libs)
check_PROGRAMS += t/87-load-idle.t
t_87_load_idle_t_SOURCES = t/87-load-idle.c
t_87_load_idle_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_87_load_idle_t_LDADD = $(load_test_libs)
check_PROGRAMS += t/87-load-keep-alive.t
t_87_load_keep_alive_t_SOURCES = t/87-load-keep-alive.c
t_87_load_keep_alive_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_87_load_keep_alive_t_LDADD = $(load_test_libs)
check_PROGRAMS += t/87-load-late.t
t_87_load_late_t_SOURCES = t/87-load-late.c
t_87_load_late_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_87_load_late_t_LDADD = $(load_test_libs)
check_PROGRAMS += t/87-load-proxy.t
t_87_load_proxy_t_SOURCES = t/87-load-proxy.c bench/load-proxy.c \
	bench/load-proxy.h
t_87_load_proxy_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_87_load_proxy_t_LDADD = t/lib/libstub.a $(example_test_libs) \
	$(command_test_libs)
check_PROGRAMS += t/87-load-sources.t
t_87_load_sources_t_SOURCES = t/87-load-sources.c
t_87_load_sources_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_87_load_sources_t_LDADD = $(load_test_libs)
check_PROGRAMS += t/87-load-stall.t
t_87_load_stall_t_SOURCES = t/87-load-stall.c
t_87_load_stall_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_87_load_stall_t_LDADD = $(load_test_libs)
check_PROGRAMS += t/87-load-unix.t
t_87_load_unix_t_SOURCES = t/87-load-unix.c
t_87_load_unix_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_87_load_unix_t_LDADD = $(load_test_libs)
check_PROGRAMS += t/87-load-usage.t
t_87_load_usage_t_SOURCES = t/87-load-usage.c
t_87_load_usage_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_87_load_usage_t_LDADD = $(load_test_libs)
check_PROGRAMS += t/87-load-histogram.t
t_87_load_histogram_t_SOURCES = t/87-load-histogram.c bench/load-histogram.c \
	bench/load-histogram.h
t_87_load_histogram_t_LDADD = t/lib/libtap.a -lm
$(filter t/87-load-%,$(check_PROGRAMS)): bench/cadre-load

EXTRA_DIST += bench/README.md bench/lib.sh $(bench_scripts) \
	$(dispatch_scripts) $(reload_scripts) $(sessions_scripts) \
	$(sticky_scripts) \
	bench/peers/cluster.js bench/peers/curl.sh bench/peers/jq.sh \
	bench/peers/messages.js \
	bench/peers/need.sh bench/peers/nginx.sh bench/peers/node.sh \
	bench/peers/peer.sh bench/peers/pm2.js bench/peers/pm2.sh \
	bench/peers/wrk.sh
CLEANFILES += $(bench_programs) $(dispatch_programs) bench/libmeasure.a \
	bench/reload-watch bench/messages bench/sticky-load

bench_run = top_builddir='$(abs_top_builddir)' BENCH_CC='$(CC)' \
	BENCH_CFLAGS='$(CFLAGS)' $(SHELL) $(top_srcdir)/bench

# One after the other: they want the machine for themselves.
PHONY += bench bench-dispatch bench-messages bench-reload bench-sessions \
	bench-sticky
bench: all $(bench_programs)
	bench/counter
	@echo
	$(bench_run)/cores.sh
	@echo
	$(bench_run)/http.sh
	@echo
	bench/respawn
	@echo
	bench/fork
	@echo
	$(bench_run)/master.sh

# What a key costs, beside rr; five minutes.
bench-sticky: all-am bench/sticky-load
	$(bench_run)/sticky.sh

# How connections reach workers, half an hour; or PARTS="stall heavy" of it.
bench-dispatch: all-am bench/cadre-load $(dispatch_programs)
	bench/herd
	@echo
	bench/dispatch-handover
	@echo
	$(bench_run)/dispatch.sh $(PARTS)

# What a reload costs those who connect meanwhile, ten minutes; PARTS="gate".
bench-reload: all-am bench/cadre-load bench/reload-watch
	$(bench_run)/reload.sh $(PARTS)

# What a session costs that the master is asked for, a minute.
bench-sessions: all-am bench/cadre-load
	$(bench_run)/sessions.sh

# What messages cost beside bare system calls and Node's, some minutes.
bench-messages: all-am bench/messages
	$(bench_run)/messages.sh $(PARTS)
