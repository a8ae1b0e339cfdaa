# SPDX-License-Identifier: BSD-2-Clause

# CADRE_COMPILE_FLAGS(VARIABLE, FLAGS)
# Append to VARIABLE those of FLAGS that the compiler knows. Clang only warns
# of what it does not know, hence -Werror around the trial.
AC_DEFUN([CADRE_COMPILE_FLAGS], [
cadre_save_CFLAGS=$CFLAGS
for cadre_flag in $2; do
	AC_MSG_CHECKING([whether $CC accepts $cadre_flag])
	CFLAGS="$cadre_save_CFLAGS -Werror $cadre_flag"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
	    [AC_MSG_RESULT([yes])
	     $1="$$1${$1:+ }$cadre_flag"],
	    [AC_MSG_RESULT([no])])
done
CFLAGS=$cadre_save_CFLAGS
])

# CADRE_LINK_FLAGS(VARIABLE, FLAGS)
# The same for the linker.
AC_DEFUN([CADRE_LINK_FLAGS], [
cadre_save_LDFLAGS=$LDFLAGS
for cadre_flag in $2; do
	AC_MSG_CHECKING([whether the linker accepts $cadre_flag])
	LDFLAGS="$cadre_save_LDFLAGS -Werror $cadre_flag"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
	    [AC_MSG_RESULT([yes])
	     $1="$$1${$1:+ }$cadre_flag"],
	    [AC_MSG_RESULT([no])])
done
LDFLAGS=$cadre_save_LDFLAGS
])

# CADRE_NEED_LINUX
# 64-bit little-endian Linux, said at once and in one line.
AC_DEFUN([CADRE_NEED_LINUX], [
AC_REQUIRE([AC_CANONICAL_HOST])
AS_CASE([$host_os], [linux*], [],
    [AC_MSG_ERROR([cadre runs on Linux only (memfd, pidfd, epoll); this host is $host])])
AC_CHECK_SIZEOF([void *])
AS_IF([test "$ac_cv_sizeof_void_p" -ne 8],
    [AC_MSG_ERROR([cadre needs a 64-bit target (64-bit words are stored whole); $host is not])])
AC_C_BIGENDIAN(
    [AC_MSG_ERROR([cadre needs a little-endian target (the region's format is); $host is not])],
    [],
    [AC_MSG_ERROR([the byte order of $host is unknown; cadre needs little endian])],
    [AC_MSG_ERROR([cadre builds for one byte order at a time, little endian])])
])

# CADRE_REPORT(NAME, FOUND, PACKAGE, WHAT-FOR, [required])
# Keep a line for the summary: FOUND is what was found, empty for nothing.
# All that is required and missing is named at once, by CADRE_NEED_ALL.
AC_DEFUN([CADRE_REPORT], [
AS_IF([test -n "$2"],
    [cadre_report="$cadre_report
$(printf '  %-14s %s' '$1' "$2")"],
    [cadre_report="$cadre_report
$(printf '  %-14s %-8s %s' '$1' m4_ifval([$5], [MISSING], [no]) 'apt-get install $3   ($4)')"
     m4_ifval([$5], [cadre_missing="$cadre_missing $3"])])
])

# CADRE_NEED_ALL
# Before AC_OUTPUT: fail if anything required is missing, naming all of it.
AC_DEFUN([CADRE_NEED_ALL], [
AS_IF([test -n "$cadre_missing"],
    [AS_ECHO(["$cadre_report
"])
     AC_MSG_ERROR([needed and not found; to install it:
    apt-get install$cadre_missing])])
])

# CADRE_SUMMARY(SETTINGS)
# After AC_OUTPUT: the settings, and what was found.
AC_DEFUN([CADRE_SUMMARY], [
AS_ECHO(["
$PACKAGE_NAME $PACKAGE_VERSION
$1$cadre_report
"])
])
