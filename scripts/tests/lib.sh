# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What the tests of the scripts share: a scratch directory, and the checks.

set -uo pipefail
SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOP=$(dirname "$SCRIPTS")
# shellcheck disable=SC2016
CACHE=$(bash -c '. "$1/lib.sh" && echo "$CACHE"' test "$SCRIPTS") || exit 1
# shellcheck source=scripts/tap.sh
. "$SCRIPTS/tap.sh"

SCRATCH=$(mktemp -d) || exit 1
trap 'rm -rf "$SCRATCH"' EXIT

# newest: the number of the newest kernel, which is the default of the scripts
newest() { "$SCRIPTS/setup" --newest; }

# exits STATUS COMMAND...: COMMAND ends with STATUS; see said for what it printed
exits() {
	local expected=$1 status=0
	shift
	"$@" > "$SCRATCH/output" 2>&1 < /dev/null || status=$?
	[[ $status == "$expected" ]] || {
		echo "exit status $status, not $expected, and it said:"
		grep -vE ', [0-9]+ s(, [^:]*)?$' "$SCRATCH/output"	# but for its progress
		false
	}
}

# said TEXT: the last command under exits printed TEXT
said() {
	grep -qF -- "$1" "$SCRATCH/output" || {
		echo "no '$1' in:"
		cat "$SCRATCH/output"
		false
	}
}

# refuses STATUS TEXT COMMAND...: both of the above
refuses() {
	local status=$1 text=$2
	shift 2
	exits "$status" "$@" && said "$text"
}

# What a directory holds: files, their modes and their content; of a git tree, where
# it stands too.
fingerprint() {
	(cd "$1" && find . -path ./.git -prune -o -printf '%P %y %m\n' | sort &&
		find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum &&
		if [[ -d .git ]]; then git rev-parse HEAD && git status --porcelain && ls -d .git/rebase-*; fi) 2>&1
}

# unchanged DIRECTORY FINGERPRINT
unchanged() { diff <(echo "$2") <(fingerprint "$1"); }

# path_without PATTERN DIRECTORY: links in DIRECTORY to all programs, but those whose names match
path_without() {
	local file
	mkdir "$2"
	ln -sf /bin/* /sbin/* /usr/bin/* /usr/sbin/* "$2"
	for file in "$2"/*; do
		# shellcheck disable=SC2053
		[[ ${file##*/} != $1 ]] || rm "$file"
	done
}

# without PATTERN COMMAND...: COMMAND where these programs are not in PATH
without() {
	local status
	path_without "$1" "$SCRATCH/bin"
	PATH=$SCRATCH/bin "${@:2}"
	status=$?
	rm -r "${SCRATCH:?}/bin"
	return $status
}

# as_user COMMAND...: as one who is not root
as_user() {
	if (( EUID == 0 )); then setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; else "$@"; fi
}

# record_setup DIRECTORY: has the setup in a copy of the scripts note its calls in $SCRATCH/asked
record_setup() {
	printf '#!/bin/bash\necho "$@" >> %q\nexec %q "$@"\n' "$SCRATCH/asked" "$SCRIPTS/setup" > "$1/setup"
}

# asked_at_once: the first call of setup named all that later calls did
asked_at_once() {
	[[ -s $SCRATCH/asked ]] && awk '
		function pairs() { for (i = 1; i < NF; i += 2) if ($i == "--packages" || $i == "-k") pair[$i " " $(i + 1)] = 1 }
		{ sub(/ newest( |$)/, " " newest " ") }
		NR == 1 { pairs(); split("", had); for (p in pair) had[p] = 1; next }
		{ split("", pair); pairs(); for (p in pair) if (!(p in had)) { print p " was asked for later: " $0; bad = 1 } }
		END { exit bad }' newest="$1" "$SCRATCH/asked"
}

# copy_tree TREE DIRECTORY: by links where they are on one file system; quilt, patch and
# sed -i replace a file that they change
copy_tree() { cp -al "$1" "$2" 2>/dev/null || { rm -rf "$2" && cp -a "$1" "$2"; }; }

# small_tree KERNEL DIRECTORY: the files of a kernel that the series touches, and those
# that make it a kernel tree; all of a kernel takes seconds to copy and compare
small_tree() {
	local source=$CACHE/sources/$1
	mkdir -p "$2"
	(cd "$source" && sed -n 's|^--- a/\([^\t]*\).*|\1|p' "$TOP"/patches/*.patch | sort -u |
		{ cat; echo Makefile; echo Kconfig; } | while read -r file; do
			[[ ! -f $file ]] || cp --parents -t "$2" "$file"
		done)
}

git_tree() {
	small_tree "$1" "$2"
	git -C "$2" init -q -b main
	git -C "$2" config user.name "A User"
	git -C "$2" config user.email user@example.org
	git -C "$2" add -f .
	git -C "$2" commit -qm "Linux $1"
}

# What is random is so by this seed; set it to see the same again.
seed() {
	HI_SEED=${HI_SEED:-$(date +%s)}
	RANDOM=$HI_SEED
	note "HI_SEED=$HI_SEED"
}

# kill_within MILLISECONDS COMMAND...: starts COMMAND and kills it with all that it has
# started, at a random moment. False where it was done before that.
kill_within() {
	local moment=$((RANDOM * $1 / 32768)) child
	shift
	setsid "$@" > "$SCRATCH/killed" 2>&1 < /dev/null &
	child=$!
	sleep "$((moment / 1000)).$(printf %03d $((moment % 1000)))"
	# Again, for what was started meanwhile.
	{ while pkill -KILL -s "$child"; do sleep 0.05; done; wait "$child"; } 2> /dev/null
	(( $? == 137 ))
}

# milliseconds COMMAND...: how long it takes
milliseconds() {
	local start=${EPOCHREALTIME/./}
	"$@" > /dev/null 2>&1
	echo $(( (${EPOCHREALTIME/./} - start) / 1000 ))
}
