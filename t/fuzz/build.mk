# SPDX-License-Identifier: BSD-2-Clause
# The fuzz targets, built three ways below fuzz/ in the build directory:
#	run/		clang, libFuzzer, ASan and UBSan
#	plant/		the same with -DFUZZ_PLANT
#	coverage/	the compiler of all else, with --coverage, to replay
# fuzz.mk calls this and says where the sources are, and which.
VPATH = $(srcdir)
helpers = t/fuzz/fds.c t/fuzz/liar.c t/fuzz/small.c
replays = t/fuzz/replay.c t/lib/tap.c
sh = AWK='$(AWK)' GCOV='$(GCOV)' sh $(srcdir)/t/fuzz/fuzz.sh

flags = -std=c11 -D_GNU_SOURCE -I. -I$(srcdir)/include -I$(srcdir) \
	$(warnings) -MMD -g -fno-omit-frame-pointer
sanitize = -fsanitize=address,undefined -fno-sanitize-recover=all
# Traced are the branches of the library; compares only of the target and of
# what it includes, for they cost more than all else. Helpers are no subject.
trace_target = -fsanitize=fuzzer-no-link
trace_library = -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp
clang = $(CLANG) $(flags) -O2 $(sanitize)
gcc = $(GCC) $(flags) -O0 --coverage

fuzz: $(targets:%=fuzz/run/%)
	@bad=0; for t in $(targets); do \
	    $(sh) run $(srcdir) $$t $(runs) $(seconds) || bad=1; \
	done; exit $$bad
fuzz-plant: $(targets:%=fuzz/run/%) $(targets:%=fuzz/plant/%)
	@bad=0; for t in $(targets); do \
	    $(sh) plant $(srcdir) $$t || bad=1; done; exit $$bad
fuzz-coverage: $(targets:%=fuzz/coverage/%)
	@bad=0; for t in $(targets); do \
	    $(sh) coverage $(srcdir) $$t || bad=1; done; exit $$bad
.PHONY: fuzz fuzz-plant fuzz-coverage
.SECONDARY:

objects = $(patsubst %.c,fuzz/$(1)/%.o,$(2))
link = @echo "  LINK     $@"; $(1) -o $@ $(filter %.o %.a,$^) $(libs) -lm -lpthread

fuzz/run/%: fuzz/run/t/fuzz/fuzz-%.o $(call objects,run,$(helpers)) \
    fuzz/run/library.a
	$(call link,$(CLANG) $(sanitize) -fsanitize=fuzzer)
fuzz/plant/%: fuzz/plant/t/fuzz/fuzz-%.o $(call objects,plant,$(helpers)) \
    fuzz/plant/library.a
	$(call link,$(CLANG) $(sanitize) -fsanitize=fuzzer)
fuzz/coverage/%: fuzz/coverage/t/fuzz/fuzz-%.o fuzz/coverage/t/09-corpus-%.o \
    $(call objects,coverage,$(helpers) $(replays)) fuzz/coverage/library.a
	$(call link,$(GCC) --coverage)

fuzz/run/library.a: $(call objects,run,$(library))
fuzz/plant/library.a: $(call objects,plant,$(library))
fuzz/coverage/library.a: $(call objects,coverage,$(library))
%/library.a:
	@rm -f $@; $(AR) cr $@ $^

compile = @mkdir -p $(@D); echo "  CC       $@"; $(1) -c -o $@ $<
fuzz/run/t/fuzz/fuzz-%.o: t/fuzz/fuzz-%.c
	$(call compile,$(clang) $(trace_target))
fuzz/run/t/fuzz/%.o: t/fuzz/%.c
	$(call compile,$(clang))
fuzz/run/%.o: %.c
	$(call compile,$(clang) $(trace_library))
fuzz/plant/t/fuzz/fuzz-%.o: t/fuzz/fuzz-%.c
	$(call compile,$(clang) -DFUZZ_PLANT $(trace_target))
fuzz/plant/t/fuzz/%.o: t/fuzz/%.c
	$(call compile,$(clang) -DFUZZ_PLANT)
fuzz/plant/%.o: %.c
	$(call compile,$(clang) -DFUZZ_PLANT $(trace_library))
fuzz/coverage/%.o: %.c
	$(call compile,$(gcc))

-include $(shell test -d fuzz && find fuzz -name '*.d')
