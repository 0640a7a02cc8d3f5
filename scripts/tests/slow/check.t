#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build llvm inspector check 6.12 6.1
#
# scripts/check finds what it is there to find: a copy of this repository, in which one
# thing is wrong at a time.

# shellcheck disable=SC2016

. "$(dirname "$0")/../lib.sh"

copy=$SCRATCH/hi
mkdir "$copy"
(cd "$TOP" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy")
git -C "$copy" init -q
git -C "$copy" add .
git -C "$copy" -c user.name=hi -c user.email=hi@example.org commit -qm "a copy"

# finds CHECK TEXT FAULT FILE SED-SCRIPT: with FAULT, which SED-SCRIPT makes in FILE (in all
# patches if that is "patches"), CHECK fails and says TEXT
finds() {
	local name=$1 text=$2 fault=$3 file=$copy/$4
	[[ $4 == patches ]] && file=$copy/patches
	find "$file" -type f -exec sed -i "$5" {} +
	check "$name: the fault is there: $fault" not git -C "$copy" diff --quiet
	check "$name: it is found" refuses 1 "$text" "$copy/scripts/check" "$name"
	check "$name: it is named" said "FAILED  $name ("
	git -C "$copy" checkout -q .
}

check "the repository as it is" exits 0 "$SCRIPTS/check"
check "what has found nothing is not done again" exits 0 "$copy/scripts/check" build_gcc_6.1
check "and it is said" said "4 of 4 as before"
check "but with --anew it is" exits 0 "$copy/scripts/check" --anew build_gcc_6.1
check "and nothing is as before" not said "as before"
sed -i 's/^+ \* KUnit tests for the log of hi\.$/+ * Tests for the log of hi./' "$copy"/patches/*.patch
check "of a series whose last patch is another, that one is compiled" exits 0 "$copy/scripts/check" build_gcc
check "and no more" said "26 of 30 as before"
git -C "$copy" checkout -q .
finds checkpatch_patches "space prohibited" "a space after (" patches 's/MODULE_LICENSE("GPL")/MODULE_LICENSE( "GPL")/'
finds checkpatch_files "space prohibited" "a space after (" patches 's/MODULE_LICENSE("GPL")/MODULE_LICENSE( "GPL")/'
finds spdx "GPL-7.0" "a licence that does not exist" patches 's/Identifier: GPL-2.0-only/Identifier: GPL-7.0-only/'
finds kernel_doc "'depth' not described" "a parameter without a description" patches 's/^\([+ ]\) \* @depth: number of events that it/\1 * @deep: number of events that it/'
finds htmldocs "Title underline too short" "a title longer than its line" patches 's/^+The parameters$/+The parameters of the module/'
finds codespell "==> the" "a misspelt word" README 's/\<the\>/t\x65h/'
finds kconfig_symbols "HI_BEAR" "a symbol that does not exist" patches 's/CONFIG_HI_BARE)/CONFIG_HI_BEAR)/'
finds maintainers "no maintainer" "an entry for another directory" patches 's|^\([+ ]\)F:	drivers/misc/hi/|\1F:	drivers/misc/ho/|'
finds agreement "Kconfig.snippet is what the commits say" "a change by hand" Kconfig.snippet 's/say N/say Y/'
finds agreement "drivers-misc-hi is what the commits say" "a change by hand" drivers-misc-hi/hi_bare.c 's/int number/int count/'
finds agreement "patches is what the commits say" "a change by hand" patches 's/^Subject: \[PATCH 01/Subject: [PATCH 99/'
finds agreement "series is what the commits say" "a patch left out" series '$d'
finds application "not ok" "a patch for another kernel" patches 's/^ HIBERNATION (aka/ SLEEP (aka/'
finds shellcheck "SC2086" "a variable without quotes" scripts/bench '$a[[ -z $HOME ]] || echo $HOME'
finds python_types "Incompatible types in assignment" "a value of another type" scripts/hi/ktap.py '$aanswer: int = "no"'
finds python_flakes "imported but unused" "an import too many" scripts/hi/claims.py 's/^from __future__ import annotations$/&\nimport os/'
finds selftests "defined but not used" "an unused variable" patches 's/^+static int klog_fd = -1;$/+static int klog_fd = -1, klog_no;/'
finds inspector_gcc "unused variable" "an unused variable" scripts/inspector/bytes.c '$aint broken(void) { int no; return 0; }'
finds inspector_cppcheck "arrayIndexOutOfBounds" "an index too large" scripts/inspector/bytes.c \
	'$aint broken(void) { int no[2]; no[2] = 0; return no[0]; }'
# Of the inspector, and of the semantic patches, one file is enough.
find "$copy/scripts/inspector" -name '*.c' -not -name bytes.c -delete
finds inspector_clang_tidy "NullDereference" "a pointer that is NULL" scripts/inspector/bytes.c \
	'$aint broken(int *no) { return no ? 0 : *no; }'
COCCI=$CACHE/check/whole/scripts/coccinelle/free/ifnullfree.cocci \
	finds coccicheck "NULL check before some freeing functions" "a test that kvfree does itself" patches \
	's/^\([+ ]\)\tkvfree(log->ring);/\1\tif (log->ring) kvfree(log->ring);/'

# What the compilers are to find is in the first patch.
loaded='pr_info("module being loaded\\n");'
finds build_gcc "no previous prototype" "a function that is not static" patches 's/static int __init hi_init(void)/int __init hi_init(void)/'
finds build_gcc_6.1 "Using plain integer as NULL pointer" "0 for NULL, as sparse says" patches \
	"s/$loaded/{ char *no = 0; (void)no; $loaded }/"
finds build_clang_6.12 "explicitly assigning" "an assignment to itself, as clang says" patches "s/$loaded/{ int no = 0; no = no; $loaded }/"
finds build_clang_6.1 "=m, from small" "a driver that is no module" patches 's/^\([+ ]\)\(MODULE_LICENSE("GPL");\)/\1_Static_assert(!IS_MODULE(CONFIG_HI), "no"); \2/'
finds build_gcc "CONFIG_HI is not y" "a symbol that cannot be set" patches \
	's/^\([-+ ]\ttristate "\(Module that says\|Record of modules\)[^"]*"\)$/\1 if BROKEN/'
tap_end
