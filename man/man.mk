# SPDX-License-Identifier: BSD-2-Clause
dist_man_MANS += \
	man/cadre.1 \
	man/libcadre.3 \
	man/libcadre-shm.3 \
	man/cadre-dispatch.7 \
	man/cadre-program.7 \
	man/cadre-region.7
EXTRA_DIST += man/README.md
