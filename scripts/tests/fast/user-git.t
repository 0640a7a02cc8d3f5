#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The user's configuration of git and quilt, and the environment, do not change what scripts/apply
# and scripts/export do.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1
"$SCRIPTS/setup" --packages apply -k "$newest" > "$SCRATCH/log" 2>&1 || exit 1
export HI_HAD="<--packages apply>"	# setup has been asked; once is enough
git_tree "$newest" "$SCRATCH/git"
small_tree "$newest" "$SCRATCH/quilt"
mkdir "$SCRATCH/home" "$SCRATCH/hooks" "$SCRATCH/out"
for hook in applypatch-msg pre-applypatch post-applypatch pre-commit commit-msg post-index-change reference-transaction; do
	printf '#!/bin/sh\nexit 1\n' > "$SCRATCH/hooks/$hook"
done
chmod +x "$SCRATCH"/hooks/*
printf '#!/bin/sh\necho not a diff\n' > "$SCRATCH/other-diff"
chmod +x "$SCRATCH/other-diff"
echo 'drivers/*' > "$SCRATCH/order"
echo '*.c -diff' > "$SCRATCH/attributes"
cp -a "$SCRATCH/git" "$SCRATCH/with"
"$SCRIPTS/apply" "$SCRATCH/with" > "$SCRATCH/log" 2>&1 || { note "$(<"$SCRATCH/log")"; exit 1; }
cp "$SCRATCH/git/.git/config" "$SCRATCH/config"
without=$(fingerprint "$SCRATCH/git")
plain=$(fingerprint "$SCRATCH/quilt")

# in_and_out KIND [ENV ARGUMENT]...: apply, and apply -R, after which the tree is what it was
in_and_out() {
	local kind=$1 tree=$SCRATCH/tree before=$without
	shift
	[[ $kind != quilt ]] || before=$plain
	[[ $kind == tree ]] || { rm -rf "$tree" && cp -a "$SCRATCH/$kind" "$tree"; }
	exits 0 env "$@" "$SCRIPTS/apply" "$tree" && diff -r "$TOP/drivers-misc-hi" "$tree/drivers/misc/hi" &&
		exits 0 env "$@" "$SCRIPTS/apply" -R "$tree" && unchanged "$tree" "$before"
}

# exported [ENV ARGUMENT]...: export writes the bytes that are in the repository
exported() {
	local name
	rm -rf "$SCRATCH/out" && mkdir "$SCRATCH/out"
	exits 0 env "$@" "$SCRIPTS/export" --output "$SCRATCH/out" "$SCRATCH/with" || return
	for name in patches series drivers-misc-hi Kconfig.snippet; do
		diff -r "$TOP/$name" "$SCRATCH/out/$name" || return
	done
}

# configured KIND KEY=VALUE...: with settings of the tree's own and of the user; KIND is git where
# apply is tried, and with where export is
configured() {
	local tree=$SCRATCH/with run=(exported) setting
	if [[ $1 == git ]]; then
		tree=$SCRATCH/tree run=(in_and_out tree)
		rm -rf "$tree" && cp -a "$SCRATCH/git" "$tree"
	fi
	shift
	cp "$SCRATCH/config" "$tree/.git/config"
	rm -f "$SCRATCH/home/.gitconfig"
	for setting; do
		git -C "$tree" config "${setting%%=*}" "${setting#*=}"
		git config -f "$SCRATCH/home/.gitconfig" "${setting%%=*}" "${setting#*=}"
	done
	"${run[@]}" HOME="$SCRATCH/home" HI_CACHE="$CACHE"
}

# together COMMAND KIND CASE...: COMMAND with all cases at once. If it fails, tries each alone, to
# name those that matter.
together() {
	local command=$1 kind=$2 case
	shift 2
	"$command" "$kind" "$@" && return
	for case; do
		"$command" "$kind" "$case" > /dev/null 2>&1 || echo "fails with $case alone"
	done
	false
}

# Each of these has broken export, or apply.
export_settings=(color.ui=always diff.external="$SCRATCH/other-diff" diff.interHunkContext=20
	diff.suppressBlankEmpty=true core.attributesFile="$SCRATCH/attributes" "format.from=Somebody <else@example.org>"
	"format.headers=X-Header: mine" format.suffix=.txt format.filenameMaxLength=20 i18n.logOutputEncoding=UTF-16)
apply_settings=(color.ui=always core.autocrlf=true diff.noprefix=true diff.orderFile="$SCRATCH/order"
	core.attributesFile="$SCRATCH/attributes" core.hooksPath="$SCRATCH/hooks" commit.gpgsign=true)
# These never have.
others=(apply.whitespace=error am.keepcr=true log.diffMerges=off diff.wordRegex=. diff.indentHeuristic=false
	diff.statGraphWidth=5 diff.submodule=log format.encodeEmailHeaders=false format.outputDirectory=/nonexistent
	core.commentChar=% log.showSignature=true core.quotePath=false i18n.commitEncoding=ISO-8859-1 log.date=iso
	log.abbrevCommit=true log.decorate=full log.follow=true log.mailmap=true diff.noprefix=true diff.context=9
	diff.orderFile="$SCRATCH/order" diff.mnemonicPrefix=true diff.algorithm=patience diff.renames=copies
	format.signature=mine format.attach=true format.thread=deep format.numbered=false format.useAutoBase=true
	format.notes=true am.threeWay=true core.whitespace=tab-in-indent core.abbrev=7 core.pager=false gc.auto=1
	status.showUntrackedFiles=all commit.template=/nonexistent advice.detachedHead=false)
check "export: ${#export_settings[@]} settings that have mattered" together configured with "${export_settings[@]}"
check "apply: ${#apply_settings[@]} settings that have mattered" together configured git "${apply_settings[@]}"
check "export: ${#others[@]} others" together configured with "${others[@]}"
check "apply: ${#others[@]} others" together configured git "${others[@]}"

failing_hooks() {
	rm -rf "$SCRATCH/tree" && cp -a "$SCRATCH/git" "$SCRATCH/tree" && cp -rT "$SCRATCH/hooks" "$SCRATCH/tree/.git/hooks" &&
		in_and_out tree
}
check "git: all hooks of the tree fail" failing_hooks

# quilt and the environment
printf 'QUILT_PATCHES=mine\nQUILT_PC=mine\nQUILT_PUSH_ARGS=--nonsense\n' > "$SCRATCH/home/.quiltrc"
# shellcheck disable=SC2016
printf 'cd() { echo "now in $1"; builtin cd "$@"; }\nexport -f cd\n' > "$SCRATCH/bash-env"
mkdir "$SCRATCH/elsewhere"
# Arguments of env, and shell options, that have mattered.
quilt_environment=(-uHOME QUILT_SERIES=nothing QUILT_PUSH_ARGS=--nonsense SHELLOPTS=noglob:xtrace:noclobber
	POSIXLY_CORRECT=1 BASH_ENV="$SCRATCH/bash-env")
git_environment=(GIT_DIR="$SCRATCH/with/.git" GIT_INDEX_FILE="$SCRATCH/elsewhere/index" GIT_WORK_TREE="$SCRATCH/elsewhere"
	GIT_OBJECT_DIRECTORY="$SCRATCH/elsewhere")
export_environment=(-uHOME GIT_INDEX_FILE="$SCRATCH/elsewhere/index" GIT_WORK_TREE="$SCRATCH/elsewhere"
	GIT_EXTERNAL_DIFF="$SCRATCH/other-diff" GIT_DIFF_OPTS=-u9 GIT_COMMITTER_NAME=Somebody
	BASH_ENV="$SCRATCH/bash-env" SHELLOPTS=noglob:xtrace)
export HI_CACHE=$CACHE	# HOME, which has it, may be missing
exported_with() { shift; exported "$@"; }
check "apply, quilt: ${#quilt_environment[@]} variables" together in_and_out quilt "${quilt_environment[@]}"
check "apply, git: ${#git_environment[@]} variables" together in_and_out git "${git_environment[@]}"
check "export: ${#export_environment[@]} variables" together exported_with git "${export_environment[@]}"

# The user's own objects, which no commit of HEAD's has, stay.
blob=$(echo mine | git -C "$SCRATCH/git" hash-object -w --stdin)
check "git: in and out with a blob of the user's" in_and_out git
check "the blob is there" git -C "$SCRATCH/tree" cat-file -e "$blob"
tap_end
