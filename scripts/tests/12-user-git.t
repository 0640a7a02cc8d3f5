#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/apply and scripts/export do the same whatever the user's configuration of git and
# quilt, environment, and paths are. Each line of a table is one case.

. "$(dirname "$0")/lib.sh"

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

# configured KIND KEY VALUE...: with settings of the tree's own and of the user
configured() {
	local tree=$SCRATCH/with run=(exported)
	if [[ $1 == git ]]; then
		tree=$SCRATCH/tree run=(in_and_out tree)
		rm -rf "$tree" && cp -a "$SCRATCH/git" "$tree"
	fi
	shift
	cp "$SCRATCH/config" "$tree/.git/config"
	rm -f "$SCRATCH/home/.gitconfig"
	while (( $# )); do
		git -C "$tree" config "$1" "$2"
		git config -f "$SCRATCH/home/.gitconfig" "$1" "$2"
		shift 2
	done
	"${run[@]}" HOME="$SCRATCH/home" HI_CACHE="$CACHE"
}

# KIND is git where apply is tried, and with where export is.
while read -r kind key value; do
	check "$kind: $key = $value" configured "$kind" "$key" "${value//SCRATCH/$SCRATCH}"
done <<-END
	with color.ui always
	with diff.external SCRATCH/other-diff
	with diff.interHunkContext 20
	with diff.suppressBlankEmpty true
	with core.attributesFile SCRATCH/attributes
	with format.from Somebody <else@example.org>
	with format.headers X-Header: mine
	with format.suffix .txt
	with format.filenameMaxLength 20
	with i18n.logOutputEncoding UTF-16
	git color.ui always
	git core.autocrlf true
	git diff.noprefix true
	git diff.orderFile SCRATCH/order
	git core.attributesFile SCRATCH/attributes
	git core.hooksPath SCRATCH/hooks
	git commit.gpgsign true
END

# Settings that have never mattered, all at once.
others=(apply.whitespace error am.keepcr true log.diffMerges off diff.wordRegex . diff.indentHeuristic false diff.statGraphWidth 5 diff.submodule log
	format.encodeEmailHeaders false format.outputDirectory /nonexistent core.commentChar % log.showSignature true
	core.quotePath false i18n.commitEncoding ISO-8859-1 log.date iso log.abbrevCommit true log.decorate full
	log.follow true log.mailmap true diff.noprefix true diff.context 9 diff.orderFile "$SCRATCH/order"
	diff.mnemonicPrefix true diff.algorithm patience diff.renames copies format.signature mine
	format.attach true format.thread deep format.numbered false format.useAutoBase true format.notes true
	am.threeWay true core.whitespace tab-in-indent core.abbrev 7 core.pager false gc.auto 1
	status.showUntrackedFiles all commit.template /nonexistent advice.detachedHead false)
check "with: ${#others[@]} others" configured with "${others[@]}"
check "git: ${#others[@]} others" configured git "${others[@]}"

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
while read -r kind setting; do
	# shellcheck disable=SC2086
	check "$kind: $setting" ${kind/:/ } "${setting//SCRATCH/$SCRATCH}" HI_CACHE="$CACHE"
done <<-END
	in_and_out:quilt QUILT_SERIES=nothing
	in_and_out:quilt QUILT_PUSH_ARGS=--nonsense
	in_and_out:quilt SHELLOPTS=noglob
	in_and_out:quilt SHELLOPTS=xtrace
	in_and_out:quilt SHELLOPTS=noclobber
	in_and_out:quilt POSIXLY_CORRECT=1
	in_and_out:quilt BASH_ENV=SCRATCH/bash-env
	in_and_out:quilt -uHOME
	in_and_out:git GIT_DIR=SCRATCH/with/.git
	in_and_out:git GIT_INDEX_FILE=SCRATCH/elsewhere/index
	in_and_out:git GIT_WORK_TREE=SCRATCH/elsewhere
	in_and_out:git GIT_OBJECT_DIRECTORY=SCRATCH/elsewhere
	exported GIT_INDEX_FILE=SCRATCH/elsewhere/index
	exported GIT_WORK_TREE=SCRATCH/elsewhere
	exported GIT_EXTERNAL_DIFF=SCRATCH/other-diff
	exported GIT_DIFF_OPTS=-u9
	exported GIT_COMMITTER_NAME=Somebody
	exported BASH_ENV=SCRATCH/bash-env
	exported SHELLOPTS=noglob:xtrace
	exported -uHOME
END

# The user's own objects, which no commit of HEAD's has, stay.
blob=$(echo mine | git -C "$SCRATCH/git" hash-object -w --stdin)
check "git: in and out with a blob of the user's" in_and_out git
check "the blob is there" git -C "$SCRATCH/tree" cat-file -e "$blob"
tap_end
