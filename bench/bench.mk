# SPDX-License-Identifier: BSD-2-Clause
# bench/: measurements. Built and run by `make bench`, by nothing else.
bench_programs = bench/counter bench/fork bench/respawn
bench_scripts = bench/cores.sh bench/http.sh bench/master.sh
EXTRA_PROGRAMS += $(bench_programs)
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

EXTRA_DIST += bench/README.md bench/lib.sh $(bench_scripts) \
	bench/peers/curl.sh bench/peers/need.sh bench/peers/nginx.sh \
	bench/peers/wrk.sh
CLEANFILES += $(bench_programs) bench/libmeasure.a

bench_run = top_builddir='$(abs_top_builddir)' BENCH_CC='$(CC)' \
	BENCH_CFLAGS='$(CFLAGS)' $(SHELL) $(top_srcdir)/bench

# One after the other: they want the machine for themselves.
PHONY += bench
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
