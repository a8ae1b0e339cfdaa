# SPDX-License-Identifier: BSD-2-Clause
# Tests. Each is one source, t/NN-claim.c or t/NN-claim.sh, and becomes
# t/NN-claim.t in the build directory. A test in C needs two lines, here or in
# the .mk of the folder it tests:
#	check_PROGRAMS += t/NN-claim.t
#	t_NN_claim_t_SOURCES = t/NN-claim.c

check_LIBRARIES += t/lib/libapp.a t/lib/libtap.a
t_lib_libapp_a_SOURCES = t/lib/app.c t/lib/app.h t/lib/limit.c t/lib/limit.h \
	t/lib/probe.c t/lib/probe.h t/lib/talk.c
t_lib_libtap_a_SOURCES = t/lib/tap.c t/lib/tap.h

# What tests link with: the libraries' insides, not only what they export.
# The longer list unless a program has an LDADD of its own.
shm_test_libs = t/lib/libtap.a shm/libcadre-shm-core.la
runtime_test_libs = t/lib/libapp.a t/lib/libtap.a \
	runtime/libcadre-core.la shm/libcadre-shm-core.la
LDADD = $(runtime_test_libs)

check_PROGRAMS += t/20-start-stop.t
t_20_start_stop_t_SOURCES = t/20-start-stop.c

check_SCRIPTS += \
	t/60-no-lock-prefix.t \
	t/61-exports.t \
	t/62-man-lint.t \
	t/63-pkg-config.t \
	t/64-bootstrap.t \
	t/65-arrows.t \
	t/66-tap.t \
	t/67-none-forgotten.t

# Slow ones, t/9*: `make check-long` builds and runs them, `make check` not.
long_tests =

EXTRA_PROGRAMS += $(long_tests)
EXTRA_DIST += t/README.md t/lib/tap.sh $(check_SCRIPTS:.t=.sh)
CLEANFILES += $(check_SCRIPTS) $(long_tests)

SUFFIXES = .sh .t
$(check_SCRIPTS): Makefile
.sh.t:
	$(AM_V_GEN)$(MKDIR_P) t && $(SED) \
	    -e 's|@abs_top_srcdir[@]|$(abs_top_srcdir)|' \
	    -e 's|@abs_top_builddir[@]|$(abs_top_builddir)|' \
	    -e 's|@tests[@]|$(check_PROGRAMS) $(check_SCRIPTS) $(long_tests)|' \
	    -e 's|@pages[@]|$(dist_man_MANS)|' \
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
PROVE_FLAGS = -j2
run_prove = $(AM_TESTS_ENVIRONMENT) prove -e '' $(PROVE_FLAGS)

PHONY += prove check-unit check-asan check-long
prove:
	@$(MAKE) $(AM_MAKEFLAGS) --no-print-directory check TESTS= >/dev/null
	@$(run_prove) $(TESTS)

# Of the suite only t/0* and t/1*: what needs no process but its own.
check-unit:
	@unit=; for t in $(TESTS); do \
	    case $$t in t/0* | t/1*) unit="$$unit $$t" ;; esac; done; \
	test -n "$$unit" || { echo "no t/0* and t/1* here" >&2; exit 1; }; \
	$(MAKE) $(AM_MAKEFLAGS) $$unit && $(run_prove) $$unit

# These again, built with AddressSanitizer and UBSan, in asan/ down here.
check-asan:
	@$(MKDIR_P) asan && cd asan && \
	{ test -f Makefile || \
	    $(abs_top_srcdir)/configure -q --enable-asan --enable-werror; } && \
	$(MAKE) $(AM_MAKEFLAGS) check-unit

check-long: $(long_tests)
	@test -z '$(long_tests)' || $(run_prove) $(long_tests)

distclean-local:
	rm -rf asan
