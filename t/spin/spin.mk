# SPDX-License-Identifier: BSD-2-Clause
# The models. Their tests need spin, and skip without.
long_scripts += t/91-gate-model.t t/91-reload-model.t t/91-slot-model.t \
	t/91-topic-model.t
EXTRA_DIST += t/spin/README.md t/spin/gate.md t/spin/gate.pml \
	t/spin/reload.md t/spin/reload.pml \
	t/spin/slot.pml \
	t/spin/topic.md t/spin/topic.pml
