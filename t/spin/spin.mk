# SPDX-License-Identifier: BSD-2-Clause
# The model of a slot's life. Its test needs spin, and skips without.
long_scripts += t/91-slot-model.t
EXTRA_DIST += t/spin/README.md t/spin/slot.pml
