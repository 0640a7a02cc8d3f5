# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# git in $tree, whatever the user's configuration and environment are. Sourced by apply and export.

# clean_git [VARIABLE=VALUE]... git ARGUMENT...: git in $tree, without the user's configuration and
# environment
clean_git() {
	env -i -C "$tree" PATH="$PATH" LC_ALL=C GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_ATTR_NOSYSTEM=1 \
		GIT_OPTIONAL_LOCKS=0 "$@"
}

# tree_git ARGUMENT...: git in $tree, for what only its own git directory has: names of commits,
# paths, single values of its configuration
tree_git() { clean_git git -c safe.directory='*' -c core.hooksPath=/dev/null -c core.fsmonitor=false "$@"; }

# our_git [VARIABLE=VALUE]... ARGUMENT...: git on the commits, the index and the files of $tree, but
# with the git directory of make_git. So the configuration, attributes and hooks of $tree have no effect
our_git() {
	local variables=("GIT_DIR=$our_git" "GIT_WORK_TREE=$tree" "GIT_INDEX_FILE=$tree_index")
	while [[ $1 == *=* ]]; do
		variables+=("$1")
		shift
	done
	clean_git "${variables[@]}" git "$@"
}

# make_git DIRECTORY: DIRECTORY/git for our_git, on the branch "series" at the HEAD of $tree
make_git() {
	local objects shallow
	our_git=$1/git
	tree_index=$(tree_git rev-parse --path-format=absolute --git-path index)
	objects=$(tree_git rev-parse --path-format=absolute --git-path objects)
	shallow=$(tree_git rev-parse --path-format=absolute --git-path shallow)
	clean_git git init -q --bare --template= --object-format="$(tree_git rev-parse --show-object-format)" "$our_git"
	# By a link: the file alternates takes no path with a newline.
	ln -s "$objects" "$our_git/theirs"
	echo ../theirs > "$our_git/objects/info/alternates"
	[[ ! -e $shallow ]] || cp "$shallow" "$our_git/shallow"
	cat >> "$our_git/config" <<-END
		[core]
			bare = false
			fileMode = $(tree_git config --type=bool core.fileMode || echo true)
			attributesFile = /dev/null
			excludesFile = /dev/null
		[gc]
			auto = 0
	END
	our_git symbolic-ref HEAD refs/heads/series
	our_git update-ref refs/heads/series "$(tree_git rev-parse HEAD)"
}

# user_git ARGUMENT...: git in $tree as the user has configured it
user_git() { env -u GIT_DIR -u GIT_WORK_TREE -u GIT_INDEX_FILE -u GIT_OBJECT_DIRECTORY -u GIT_COMMON_DIR git -C "$tree" "$@"; }
