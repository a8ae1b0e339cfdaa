# SPDX-License-Identifier: BSD-2-Clause
# Random sequences of inputs to a master, whose workers are puppets.
puppet_calls = child_ended child_ends child_reap child_signal clock_gettime \
	getrandom spawn timerfd_settime
puppet_ldflags = $(AM_LDFLAGS) $(puppet_calls:%=-Wl,--wrap=%)
check_LIBRARIES += t/sequence/libplay.a
t_sequence_libplay_a_SOURCES = \
	t/sequence/asker.c t/sequence/asker.h \
	t/sequence/claims.c t/sequence/claims.h \
	t/sequence/dice.h \
	t/sequence/play.c t/sequence/play.h \
	t/sequence/puppet.c t/sequence/puppet.h

check_PROGRAMS += t/59-reload-deaths.t t/59-sequences.t
long_tests += t/96-sequences.t
t_59_reload_deaths_t_SOURCES = t/59-reload-deaths.c
t_59_reload_deaths_t_LDADD = t/sequence/libplay.a $(runtime_test_libs)
t_59_reload_deaths_t_LDFLAGS = $(puppet_ldflags)
t_59_sequences_t_SOURCES = t/59-sequences.c
t_59_sequences_t_LDADD = t/sequence/libplay.a $(runtime_test_libs)
t_59_sequences_t_LDFLAGS = $(puppet_ldflags)
t_96_sequences_t_SOURCES = t/96-sequences.c
t_96_sequences_t_LDADD = t/sequence/libplay.a $(runtime_test_libs)
t_96_sequences_t_LDFLAGS = $(puppet_ldflags)

# And of real signals to a real app.
check_PROGRAMS += t/57-run-signals.t
t_57_run_signals_t_SOURCES = t/57-run-signals.c
t_57_run_signals_t_LDADD = $(command_test_libs)
signal_tests = t/57-run-signals.t t/96-signals.t
long_tests += t/96-signals.t
t_96_signals_t_SOURCES = t/96-signals.c t/sequence/dice.h
t_96_signals_t_LDADD = $(command_test_libs)
$(signal_tests): t/lib/program
