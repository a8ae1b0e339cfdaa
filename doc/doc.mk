# SPDX-License-Identifier: BSD-2-Clause
dist_doc_DATA += \
	doc/architecture.md \
	doc/contrast.md \
	doc/contrast.svg \
	doc/dispatch.md \
	doc/proof.md \
	doc/region.md \
	doc/scaling.md
EXTRA_DIST += doc/README.md
