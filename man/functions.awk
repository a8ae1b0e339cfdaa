# SPDX-License-Identifier: BSD-2-Clause
# The functions in the SYNOPSIS of pages of section 3, a line each, and the
# page: of the first one that has it.
FNR == 1 { page = FILENAME; sub(/.*\//, "", page) }
/^\.Sh / { here = $2 == "SYNOPSIS" }
here && /^\.F[no] cadre_/ && !($2 in seen) { seen[$2]; print $2, page }
