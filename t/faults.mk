# SPDX-License-Identifier: BSD-2-Clause
# Fault points: every name × every action, in a build of their own.
EXTRA_PROGRAMS += t/fault/check-faults
t_fault_check_faults_SOURCES = \
	t/fault/check-faults.c \
	t/fault/fault-app.c \
	t/fault/fault.h \
	t/fault/scene.c t/fault/scene.h \
	t/fault/stages.c \
	t/fault/talk.c t/fault/talk.h

CLEANFILES += t/fault/check-faults

# About a minute. FAULTS=spawn: only the points whose names begin so.
FAULTS =
PHONY += check-faults check-faults-here
check-faults:
	@$(call build,faults,--enable-faults --enable-werror)
	@$(there) faults FAULTS='$(FAULTS)' check-faults-here

check-faults-here: t/fault/check-faults
	@$(AM_TESTS_ENVIRONMENT) t/fault/check-faults $(FAULTS)

check_PROGRAMS += t/04-fault.t
t_04_fault_t_SOURCES = t/04-fault.c
t_04_fault_t_LDADD = $(sample_libs)
check_SCRIPTS += t/68-no-faults.t

# A worker that does what it likes (long): what it does, whom it does it to.
long_tests += t/94-hostile-worker.t
t_94_hostile_worker_t_SOURCES = \
	t/94-hostile-worker.c \
	t/hostile/bystanders.c t/hostile/bystanders.h \
	t/hostile/noise.c t/hostile/noise.h \
	t/hostile/siege.c t/hostile/siege.h \
	t/hostile/witness.c t/hostile/witness.h
