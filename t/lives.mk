# SPDX-License-Identifier: BSD-2-Clause
# Tests of what a master is told of its workers' lives, and of who sends what
# nobody should, or more than anybody takes.
t_lib_libapp_a_SOURCES += t/lib/lives.c t/lib/lives.h

lives_tests = t/35-lives.t t/35-lives-killed.t t/35-lives-program.t
check_PROGRAMS += $(lives_tests)
lives_of_programs = t/35-lives-program.t
$(lives_of_programs): t/lib/program
t_35_lives_t_SOURCES = t/35-lives.c
t_35_lives_killed_t_SOURCES = t/35-lives-killed.c
t_35_lives_program_t_SOURCES = t/35-lives-program.c

long_tests += t/95-lives.t
t_95_lives_t_SOURCES = t/95-lives.c
