# SPDX-License-Identifier: BSD-2-Clause
# The same tests under other eyes, and the code under those of analysers. What
# is compiled another way is built in a directory of its own down here.
PHONY += check-unit check-asan check-tsan check-valgrind analyze coverage

# $(call build,DIRECTORY,OPTIONS): configured once.
build = $(MKDIR_P) $(1) && { test -f $(1)/Makefile || \
	(cd $(1) && $(abs_top_srcdir)/configure -q $(2)); }
there = $(MAKE) $(AM_MAKEFLAGS) --no-print-directory -C

# What needs no process but its own.
unit_tests = $(filter-out $(not_unit),$(filter t/0% t/1%,$(check_PROGRAMS)))
not_unit =

check-unit:
	@$(MAKE) $(AM_MAKEFLAGS) --no-print-directory $(unit_tests) >/dev/null
	@$(run_prove) $(unit_tests)

# The suite with AddressSanitizer and UBSan, but for what looks at the tree,
# through a browser, or at each instruction, which are others then. What
# measures skips itself.
asan_not = t/6% t/13-kill-% t/89-chat-browser% t/89-chat-polling%
check-asan:
	@$(call build,asan,--enable-asan --enable-werror)
	+@$(there) asan prove TESTS='$(filter-out $(asan_not),$(TESTS))'

# The slow ones too, the hostile worker above all.
PHONY += check-long-asan
check-long-asan:
	@$(call build,asan,--enable-asan --enable-werror)
	+@$(there) asan check-long

# The tarball, as a packager takes it: what is installed and the units are built
# from it, these and what is said of the whole tree are run. `make distcheck`
# alone builds and runs every test, and looks whether one is forgotten.
PHONY += check-dist
dist_scripts = $(filter-out t/67%,$(filter t/6%,$(check_SCRIPTS)))
check-dist:
	+@$(MAKE) $(AM_MAKEFLAGS) distcheck check_PROGRAMS='$(unit_tests)' \
	    TESTS='$(unit_tests) $(dist_scripts)'

# ThreadSanitizer sees the threads of one process. One test has none, and so
# much to do that it takes minutes.
check-tsan:
	@$(call build,tsan,--enable-tsan --enable-werror)
	+@$(there) tsan check-unit not_unit=t/18-hostile-bytes%

# What traces would trace valgrind. An attach has a second, which valgrind makes
# too short on a busy machine: t/19-nth-attach passes alone, not beside others.
valgrind_not = t/13-kill-% t/17-changing% t/19-nth-attach%
valgrind_tests = $(filter-out $(valgrind_not),$(unit_tests))
VALGRIND_FLAGS = -q --error-exitcode=99 --leak-check=full \
	--errors-for-leak-kinds=definite,indirect --num-callers=20
check-valgrind:
if SANITIZED
	@echo "check-valgrind: a sanitizer is at work here" >&2; exit 1
else
	@$(MAKE) $(AM_MAKEFLAGS) --no-print-directory $(valgrind_tests) \
	    >/dev/null
	@test -n '$(VALGRIND)' || { \
	    echo "check-valgrind: skipped, there is no valgrind"; exit 0; }; \
	$(AM_TESTS_ENVIRONMENT) T_INSTRUMENTED=valgrind; \
	export T_INSTRUMENTED; \
	prove -e '$(VALGRIND) $(VALGRIND_FLAGS)' $(PROVE_FLAGS) \
	    $(valgrind_tests)
endif

# Analysers: a finding is an error. One that is wrong, or wanted, is switched
# off where its reason stands: below, in .clang-tidy, in t/cppcheck.txt.
analyzed = $(filter-out $(not_analyzed),$(sort $(filter %.c,$(DIST_SOURCES))))
# gcov's header is gcc's own; the other two are of a build with fault points.
not_analyzed = t/lib/dump.c
if !FAULTS
not_analyzed += shm/fault.c t/fault/check-faults.c
endif
CPPCHECK_FLAGS = --quiet --error-exitcode=1 --inline-suppr --std=c11 \
	--platform=unix64 --enable=warning,performance,portability \
	--suppressions-list=$(top_srcdir)/t/cppcheck.txt --library=gnu
analyze_cppflags = $(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) \
	-DCADRE_LIBEXECDIR='"$(pkglibexecdir)"' $(JANSSON_CFLAGS)

# It does not follow shm_copy_out(), which fills a structure word by word;
# compilers, valgrind and clang's analyser look for the same.
gcc_off = -Wno-analyzer-use-of-uninitialized-value
# Tests and measurements: no memory, or no free() at the end, is their end.
analyze/t/%.gcc analyze/bench/%.gcc: \
    off = -Wno-analyzer-possible-null-dereference \
    -Wno-analyzer-possible-null-argument -Wno-analyzer-malloc-leak
# Neither analyser knows that errno is not 0 after a failure, and takes -errno
# for success. In slot.c: each section is there, the master made it.
errno_files = runtime/attach runtime/clients runtime/notify shm/region \
	shm/slot tools/doctor
$(errno_files:%=analyze/%.gcc): off = -Wno-analyzer-null-dereference
$(errno_files:%=analyze/%.tidy): off = -clang-analyzer-core.*
# What is kept until the process ends: a worker's handle, names of faults; and
# what a tree keeps, or an array that is made longer.
kept_files = examples/rooms/room runtime/worker shm/fault tools/cmd-stop
$(kept_files:%=analyze/%.gcc): off = -Wno-analyzer-malloc-leak
$(kept_files:%=analyze/%.tidy): off = -clang-analyzer-unix.Malloc

analyze:
	@rm -rf analyze
	@$(MAKE) $(AM_MAKEFLAGS) --no-print-directory -k \
	    $(analyzed:%.c=analyze/%.gcc) $(analyzed:%.c=analyze/%.tidy) \
	    analyze/cppcheck
	@test -n '$(CLANG_TIDY)' || echo "analyze: there is no clang-tidy"
	@test -n '$(CPPCHECK)' || echo "analyze: there is no cppcheck"
	@echo "analyze: $(words $(analyzed)) files, no finding"

analyze/%.gcc: %.c
	@$(MKDIR_P) $(@D)
	@echo "  GCC      $*.c"; $(CC) $(analyze_cppflags) $(AM_CFLAGS) \
	    -O2 -fanalyzer $(gcc_off) $(off) -Werror -c -o $@ $<
analyze/%.tidy: %.c
	@$(MKDIR_P) $(@D)
	@test -n '$(CLANG_TIDY)' || exit 0; echo "  TIDY     $*.c"; \
	$(CLANG_TIDY) --quiet --warnings-as-errors='*' --checks='$(off)' $< \
	    -- $(analyze_cppflags) -std=c11 >$@.out 2>&1 || \
	    { cat $@.out; exit 1; }
analyze/cppcheck:
	@test -n '$(CPPCHECK)' || exit 0; echo "  CPPCHECK"; \
	$(CPPCHECK) $(CPPCHECK_FLAGS) $(DEFS) -I$(top_srcdir) \
	    -I$(top_srcdir)/include $(addprefix $(top_srcdir)/,$(analyzed))

# gcov. All is linked statically, so that each program counts for itself; and
# a process writes its counts before _exit() and execve(), see t/lib/dump.c.
# Tests of the build cover nothing; single-stepped, code like this takes long.
# As another user gcov cannot write, and says so where t/26-directory reads.
coverage_tests = $(filter-out t/13-kill-% t/26-directory%,$(check_PROGRAMS))
coverage:
	@test -n '$(GCOVR)' || { echo "coverage: there is no gcovr" >&2; exit 1; }
	@$(call build,coverage,--enable-coverage --disable-shared)
	+@$(there) coverage coverage-here

PHONY += coverage-here
coverage-here:
	@find . -name '*.gcda' -exec rm -f {} +
	@$(MAKE) $(AM_MAKEFLAGS) --no-print-directory check TESTS= >/dev/null
	@GCOV_ERROR_FILE=/dev/null; export GCOV_ERROR_FILE; \
	$(run_prove) $(coverage_tests); good=$$?; \
	for part in shm:95 runtime:85; do \
	    dir=$${part%:*}; of="--filter .*/$$dir/"; \
	    $(gcovr) $$of && \
	    $(gcovr) $$of --branches --fail-under-branch $${part#*:} || \
		good=1; \
	done; exit $$good
gcovr = $(GCOVR) -r $(top_srcdir) --object-directory . shm runtime

if COVERAGE
noinst_LIBRARIES = t/lib/libdump.a
t_lib_libdump_a_SOURCES = t/lib/dump.c
BUILT_SOURCES = t/lib/libdump.a
AM_LDFLAGS += -Wl,--wrap=_exit -Wl,--wrap=execve
LIBS += t/lib/libdump.a
endif

# Tests in which calls fail: their program's own, and the libraries' in it.
check_LIBRARIES += t/lib/libnth.a
t_lib_libnth_a_SOURCES = t/lib/nth.c t/lib/nth.h
nth_calls = accept4 bind calloc chdir close_range connect dup2 epoll_create1 \
	epoll_ctl epoll_wait eventfd faccessat fallocate fchmod fchown fcntl \
	flock fork fstat fstatat ftruncate getrlimit getsockname getsockopt \
	listen madvise malloc memfd_create mkdir mkdirat mmap open openat \
	opendir pidfd_open pipe2 poll __poll_chk prctl read __read_chk readlinkat \
	__readlinkat_chk realloc recvmsg sched_setaffinity sendmsg setenv \
	setgroups setpgid setresgid setresuid setrlimit setsockopt \
	sigaction signalfd socket socketpair strdup timer_create \
	timerfd_create timerfd_settime
nth_ldflags = $(AM_LDFLAGS) $(nth_calls:%=-Wl,--wrap=%)

EXTRA_DIST += .clang-tidy bench/.clang-tidy t/.clang-tidy t/cppcheck.txt

distclean-local:
	rm -rf analyze asan coverage faults tsan
