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
EXTRA_DIST += man/README.md
