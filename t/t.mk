# SPDX-License-Identifier: BSD-2-Clause
# Tests. Each is one source, t/NN-claim.c or t/NN-claim.sh, and becomes
# t/NN-claim.t in the build directory. A test in C needs two lines, here or in
# the .mk of the folder it tests:
#	check_PROGRAMS += t/NN-claim.t
#	t_NN_claim_t_SOURCES = t/NN-claim.c

check_LIBRARIES += t/lib/libapp.a t/lib/libtap.a
t_lib_libapp_a_SOURCES = t/lib/app.c t/lib/app.h t/lib/limit.c t/lib/limit.h \
	t/lib/probe.c t/lib/probe.h t/lib/server.c t/lib/server.h \
	t/lib/asked.c t/lib/asked.h \
	t/lib/talk.c t/lib/trips.c t/lib/trips.h
t_lib_libtap_a_SOURCES = t/lib/tap.c t/lib/tap.h

# What tests link with: the libraries' insides, not only what they export.
# The longer list unless a program has an LDADD of its own.
shm_test_libs = t/lib/libtap.a $(shm_core)
runtime_test_libs = t/lib/libapp.a t/lib/libtap.a $(runtime_core)
LDADD = $(runtime_test_libs)
shm_core = shm/libcadre-shm-core.la
runtime_core = runtime/libcadre-core.la $(shm_core)

# These are archives, nothing of them is shared: the linker can take them as
# they are. Through libtool each of 500 links takes half a second more.
unshared = $(check_PROGRAMS) $(long_tests)
$(unshared): private LINK = $(CCLD) $(AM_CFLAGS) $(CFLAGS) $(AM_LDFLAGS) \
	$(LDFLAGS) -o $@
$(unshared): private shm_core = shm/.libs/libcadre-shm-core.a
$(unshared): private runtime_core = runtime/.libs/libcadre-core.a \
	shm/.libs/libcadre-shm-core.a $(URCU_LIBS) -lpthread

check_PROGRAMS += t/20-start-stop.t
t_20_start_stop_t_SOURCES = t/20-start-stop.c

check_SCRIPTS += \
	t/60-no-lock-prefix.t \
	t/60-region-docs.t \
	t/61-exports.t \
	t/62-man-examples.t \
	t/62-man-lint.t \
	t/63-pkg-config.t \
	t/64-bootstrap.t \
	t/65-arrows.t \
	t/66-tap.t \
	t/67-none-forgotten.t \
	t/75-start-closed.t \
	t/76-run-pid1.t \
	t/77-restart-at-once.t

# Slow ones, t/9*: `make check-long` builds and runs them, `make check` not.
# Those in sh are in long_scripts.
long_tests = t/90-http-kills.t t/90-kills.t
t_90_http_kills_t_SOURCES = t/90-http-kills.c
t_90_http_kills_t_LDADD = $(example_test_libs) -lpthread
t_90_kills_t_SOURCES = t/90-kills.c
long_scripts = t/90-kill-every-instruction.t t/96-inject-reload.t \
	t/96-inject-start.t

long_tests += t/92-observers-cost.t
t_92_observers_cost_t_SOURCES = t/92-observers-cost.c \
	t/lib/midread.c t/lib/midread.h t/lib/writer.c t/lib/writer.h
t_92_observers_cost_t_LDADD = $(sample_libs)

long_tests += t/95-hangs.t t/95-pauses.t
t_95_hangs_t_SOURCES = t/95-hangs.c t/lib/hang.c t/lib/hang.h
t_95_pauses_t_SOURCES = t/95-pauses.c t/lib/pause.c t/lib/pause.h

EXTRA_PROGRAMS += $(long_tests)
EXTRA_DIST += t/README.md t/lib/inject.sh t/lib/model.sh t/lib/tap.sh \
	$(check_SCRIPTS:.t=.sh) $(long_scripts:.t=.sh)
CLEANFILES += $(check_SCRIPTS) $(long_tests) $(long_scripts)

SUFFIXES = .sh .t
$(check_SCRIPTS) $(long_scripts): Makefile
.sh.t:
	$(AM_V_GEN)$(MKDIR_P) t && $(SED) \
	    -e 's|@abs_top_srcdir[@]|$(abs_top_srcdir)|' \
	    -e 's|@abs_top_builddir[@]|$(abs_top_builddir)|' \
	    -e 's|@tests[@]|$(check_PROGRAMS) $(check_SCRIPTS) $(long_tests) $(long_scripts)|' \
	    -e 's|@pages[@]|$(dist_man_MANS)|' \
	    -e 's|@faults[@]|$(FAULT_CPPFLAGS)|' \
	    -e 's|@sanitizers[@]|$(SANITIZE_CFLAGS)|' $< > $@.tmp && \
	    chmod +x $@.tmp && mv $@.tmp $@

TESTS = $(check_PROGRAMS) $(check_SCRIPTS)
TEST_EXTENSIONS = .t
T_LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	unset CADRE_RUNTIME_DIR;

# The same list by prove, which ends with a summary. -e '': run each by itself.
# They wait more than they compute: four at once, on two processors.
PROVE_FLAGS = -j4
run_prove = $(AM_TESTS_ENVIRONMENT) prove -e '' $(PROVE_FLAGS)

# While libtool installs, it takes a library of the build away and puts it back:
# no program of the build can be started then, so that test waits for all others.
alone = t/63-pkg-config.t
$(alone:.t=.log): $(filter-out $(alone:.t=.log),$(TEST_LOGS))

PHONY += prove check-long
prove:
	@$(MAKE) $(AM_MAKEFLAGS) --no-print-directory check TESTS= >/dev/null
	@rc=0; for tests in '$(filter-out $(alone),$(TESTS))' \
	    '$(filter $(alone),$(TESTS))'; do \
		test -z "$$tests" || { $(run_prove) $$tests; } || rc=1; \
	done; exit $$rc

check-long: all $(long_tests) $(long_scripts) $(check_PROGRAMS)
	@test -z '$(long_tests)$(long_scripts)' || \
	    $(run_prove) $(long_tests) $(long_scripts)
