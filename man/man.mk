# SPDX-License-Identifier: BSD-2-Clause
dist_man_MANS += \
	man/cadre.1 \
	man/cadre_mailbox.3 \
	man/cadre_topic.3 \
	man/libcadre.3 \
	man/libcadre-shm.3 \
	man/cadre-dispatch.7 \
	man/cadre-messages.7 \
	man/cadre-program.7 \
	man/cadre-region.7
# One table for the master and for people: runtime/steps.def.
man_MANS = man/cadre-lifecycle.7
lifecycle = $(srcdir)/runtime/steps.def $(srcdir)/include/cadre/layout.h \
	$(srcdir)/man/cadre-lifecycle.7.in
man/cadre-lifecycle.7: $(lifecycle) $(srcdir)/man/lifecycle.awk
	$(AM_V_GEN)$(MKDIR_P) man && $(AWK) -f $(srcdir)/man/lifecycle.awk \
	    $(lifecycle) >$@.new && mv $@.new $@
CLEANFILES += man/cadre-lifecycle.7
EXTRA_DIST += man/cadre-lifecycle.7.in man/lifecycle.awk
# `man cadre_worker_wait` is the page that has it.
functions = $(AWK) -f $(srcdir)/man/functions.awk \
	$(srcdir)/man/libcadre.3 $(srcdir)/man/libcadre-shm.3 \
	$(srcdir)/man/cadre_mailbox.3 $(srcdir)/man/cadre_topic.3
EXTRA_DIST += man/functions.awk
install-data-hook:
	@$(functions) | while read -r name page; do \
		test "$$name.3" = "$$page" || echo ".so man3/$$page" \
		    >"$(DESTDIR)$(man3dir)/$$name.3" || exit; \
	done
uninstall-hook:
	@$(functions) | while read -r name page; do \
		rm -f "$(DESTDIR)$(man3dir)/$$name.3"; \
	done
EXTRA_DIST += man/README.md
