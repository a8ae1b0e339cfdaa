# SPDX-License-Identifier: BSD-2-Clause
# Fuzz targets. `make check` replays what is committed in corpus/, with the
# compiler and the flags of all else; the rest needs clang and is build.mk.
fuzz_targets = address attach cgroup command config control cookie frame message \
	notify proc proxy query region rundir text worker

check_LIBRARIES += t/fuzz/libreplay.a
t_fuzz_libreplay_a_SOURCES = \
	t/fuzz/fds.c t/fuzz/fds.h \
	t/fuzz/feed.h \
	t/fuzz/fuzz.h \
	t/fuzz/head.h \
	t/fuzz/liar.c t/fuzz/liar.h \
	t/fuzz/replay.c t/fuzz/replay.h \
	t/fuzz/small.c t/fuzz/small.h
replay_libs = t/fuzz/libreplay.a $(runtime_test_libs) -lpthread -lm

check_PROGRAMS += t/09-corpus-address.t
t_09_corpus_address_t_SOURCES = t/09-corpus-address.c t/fuzz/fuzz-address.c \
	tools/port.c tools/proc.c tools/text.c
t_09_corpus_address_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-attach.t
t_09_corpus_attach_t_SOURCES = t/09-corpus-attach.c t/fuzz/fuzz-attach.c
t_09_corpus_attach_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-cgroup.t
t_09_corpus_cgroup_t_SOURCES = t/09-corpus-cgroup.c t/fuzz/fuzz-cgroup.c
t_09_corpus_cgroup_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-command.t
t_09_corpus_command_t_SOURCES = t/09-corpus-command.c t/fuzz/fuzz-command.c \
	$(fuzz_command)
t_09_corpus_command_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_09_corpus_command_t_LDADD = $(replay_libs) $(JANSSON_LIBS)
fuzz_command = tools/amount.c tools/app.c tools/cmd-events.c \
	tools/cmd-gen.c tools/cmd-health.c tools/cmd-ls.c \
	tools/cmd-reload.c \
	tools/cmd-reset.c tools/cmd-scale.c tools/cmd-signal.c \
	tools/cmd-stat.c tools/cmd-stop.c tools/delta.c tools/event.c \
	tools/gen-file.c tools/gen-haproxy.c tools/gen-nginx.c \
	tools/gen-server.c \
	tools/intake.c tools/json.c tools/privileges.c tools/probe.c \
	tools/proc.c tools/sample.c \
	tools/stat-json.c tools/stat-screen.c tools/table.c tools/text.c \
	tools/verb.c
check_PROGRAMS += t/09-corpus-config.t
t_09_corpus_config_t_SOURCES = t/09-corpus-config.c t/fuzz/fuzz-config.c
t_09_corpus_config_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-control.t
t_09_corpus_control_t_SOURCES = t/09-corpus-control.c t/fuzz/fuzz-control.c
t_09_corpus_control_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-cookie.t
t_09_corpus_cookie_t_SOURCES = t/09-corpus-cookie.c t/fuzz/fuzz-cookie.c
t_09_corpus_cookie_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-frame.t
t_09_corpus_frame_t_SOURCES = t/09-corpus-frame.c t/fuzz/fuzz-frame.c
t_09_corpus_frame_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-message.t
t_09_corpus_message_t_SOURCES = t/09-corpus-message.c t/fuzz/fuzz-message.c
t_09_corpus_message_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-notify.t
t_09_corpus_notify_t_SOURCES = t/09-corpus-notify.c t/fuzz/fuzz-notify.c
t_09_corpus_notify_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-proc.t
t_09_corpus_proc_t_SOURCES = t/09-corpus-proc.c t/fuzz/fuzz-proc.c tools/text.c
t_09_corpus_proc_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-proxy.t
t_09_corpus_proxy_t_SOURCES = t/09-corpus-proxy.c t/fuzz/fuzz-proxy.c
t_09_corpus_proxy_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-query.t
t_09_corpus_query_t_SOURCES = t/09-corpus-query.c t/fuzz/fuzz-query.c
t_09_corpus_query_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-region.t
t_09_corpus_region_t_SOURCES = t/09-corpus-region.c t/fuzz/fuzz-region.c
t_09_corpus_region_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-rundir.t
t_09_corpus_rundir_t_SOURCES = t/09-corpus-rundir.c t/fuzz/fuzz-rundir.c
t_09_corpus_rundir_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-text.t
t_09_corpus_text_t_SOURCES = t/09-corpus-text.c t/fuzz/fuzz-text.c \
	tools/text.c tools/verb.c
t_09_corpus_text_t_LDADD = $(replay_libs)
check_PROGRAMS += t/09-corpus-worker.t
t_09_corpus_worker_t_SOURCES = t/09-corpus-worker.c t/fuzz/fuzz-worker.c
t_09_corpus_worker_t_LDADD = $(replay_libs)

# How long: FUZZ_RUNS executions of each, or FUZZ_SECONDS if that is less.
FUZZ_RUNS = 10000000
FUZZ_SECONDS = 0
FUZZ = $(fuzz_targets)
fuzz_make = $(MAKE) --no-print-directory -f $(top_srcdir)/t/fuzz/build.mk \
	srcdir='$(top_srcdir)' CLANG='$(CLANG)' GCC='$(CC)' GCOV='$(GCOV)' \
	AR='$(AR)' AWK='$(AWK)' targets='$(FUZZ)' \
	warnings='$(WARN_CFLAGS) -Werror' libs='$(URCU_LIBS) $(JANSSON_LIBS)' \
	library='$(filter %.c,$(shm_libcadre_shm_core_la_SOURCES) \
	    $(runtime_libcadre_core_la_SOURCES)) $(fuzz_tools)' \
	runs='$(FUZZ_RUNS)' seconds='$(FUZZ_SECONDS)'
fuzz_tools = tools/port.c $(fuzz_command)

PHONY += fuzz fuzz-plant fuzz-coverage
fuzz fuzz-plant fuzz-coverage:
	@test '$@' = fuzz-coverage || test -n '$(CLANG)' || \
	    { echo "$@: skipped, there is no clang"; exit 0; }; \
	$(fuzz_make) $@

EXTRA_DIST += t/fuzz/README.md t/fuzz/build.mk t/fuzz/fuzz.sh t/fuzz/corpus

distclean-local: fuzz-distclean
fuzz-distclean:
	rm -rf fuzz
