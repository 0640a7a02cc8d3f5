# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What the scripts share. Sourced, never run.
#
# Messages and progress go to standard error, results to standard output.
# Exit codes of every script: see EXIT_* below.

# Shuts out the options (SHELLOPTS), functions (BASH_ENV) and locale of the caller's shell. Sets
# HOME from the user database if it is missing, and ARCH, which kernel developers call x86.
own_shell() {
	# shellcheck disable=SC2046
	unset -f $(compgen -A function)
	unset BASH_ENV CDPATH ENV GLOBIGNORE POSIXLY_CORRECT TAR_OPTIONS
	export LC_ALL=C		# messages that we look for, and the order of sort(1)
	set +o posix
	if [[ ${SHELLOPTS@a} == *x* ]]; then
		set +fkuvxC
		export -n SHELLOPTS
	fi
	[[ ${HOME-} ]] || { unset HOME && export HOME=~; }
	[[ ${ARCH-} != x86 ]] || ARCH=x86_64
}
own_shell
set -euo pipefail

EXIT_FAILED=1		# a check failed
EXIT_USAGE=2		# wrong usage or input
EXIT_MISSING=3		# something is missing on this machine
EXIT_HANG=4		# the guest hung
EXIT_PANIC=5		# the guest panicked

SELF=${0##*/}
SCRIPTS=$(readlink -f "${BASH_SOURCE[0]}")
SCRIPTS=${SCRIPTS%/*}
TOP=${SCRIPTS%/*}

say() { printf '%s: %s\n' "$SELF" "$*" >&2; }

# die CODE MESSAGE...: one line for each MESSAGE
die() {
	local code=$1 line
	shift
	for line in "$@"; do
		say "$line"
	done
	exit "$code"
}

# is_plain PATH: whether kbuild takes it. It refuses spaces and colons. make, the shells that it
# calls, and gcc's options split paths at other characters of ASCII.
is_plain() { [[ $1 != *[!A-Za-z0-9/._+@~$'\200'-$'\377'-]* ]]; }

# Sets CACHE, and HI_CACHE for the scripts that this one calls. If the cache's path is not plain,
# the cache is a directory above it whose path is: the nearest one that belongs to the user, else
# /var/tmp.
find_cache() {
	local real place
	CACHE=${HI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hi}
	[[ $CACHE == /* ]] || CACHE=$PWD/$CACHE
	real=$(readlink -m -- "$CACHE" && echo .)
	real=${real%??}
	if ! is_plain "$CACHE" || ! is_plain "$real"; then
		CACHE=$real place=$real
		while ! is_plain "$place"; do place=${place%/*}; done
		if [[ $place != "$real" ]]; then
			[[ -O $place && -w $place ]] || place=/var/tmp
			CACHE=$place/.hi-$EUID-$(sha256sum <<< "$real" | cut -c 1-16)
			! mkdir -m 700 "$CACHE" 2>/dev/null || say "kbuild cannot build in $real: the cache is $CACHE"
			[[ -d $CACHE && ! -L $CACHE && -O $CACHE ]] ||
				die $EXIT_MISSING "kbuild cannot build in $real, and $CACHE is no directory of yours: set HI_CACHE to a path of letters and digits"
		fi
	fi
	export HI_CACHE=$CACHE
}
find_cache

usage_error() { die $EXIT_USAGE "$@" "try '$SELF --help'"; }

# The script's own help: its comment from "Usage:" on.
show_help() {
	sed -n '/^# Usage:/,$ { /^#/!q; s/^# \{0,1\}//; p; }' "$0" 2>/dev/null ||
		die $EXIT_MISSING "cannot write to standard output"
}

# value_of OPTION COUNT [VALUE]: prints VALUE. Fails if it is empty, or if COUNT, the number of
# words left on the command line, leaves no room for it.
value_of() {
	[[ $2 -gt 1 && $3 ]] || usage_error "$1 needs a value"
	printf '%s' "$3"
}

# no_more [ARGUMENT]...: an error if there is an argument after --
no_more() { (( ! $# )) || usage_error "unknown argument '$1'"; }

# one_of WHAT VALUE LIST: an error that names the known ones unless VALUE is in LIST
one_of() {
	[[ " $3 " == *" $2 "* ]] || usage_error "unknown $1 '$2' (known: $3)"
}

# A kernel that setup gets, by its number or as newest; any other is the path of a tree.
is_known_kernel() { [[ $1 == newest || $1 =~ ^[0-9]+\.[0-9]+$ ]]; }

# A kernel that somebody else has built: setup gets it from Debian's packages, or it is this machine's.
is_stock_kernel() { is_debian_kernel "$1" || is_machines_kernel "$1"; }
is_debian_kernel() { [[ $1 == stock || $1 == debian:?* ]]; }
is_machines_kernel() { [[ $1 == */vmlinuz-?* ]]; }

unknown_kernel() {
	usage_error "unknown kernel '$1' (known: newest, 6.12, 6.1 or another X.Y that Debian has, or the path of a kernel tree;" \
		"for build, boot, demo, vet and matrix also a stock kernel: stock, debian:newest, debian:6.12, debian:6.1 or another debian:X.Y, /boot/vmlinuz-RELEASE)"
}

# kernel_number KERNEL: sets kernel to KERNEL, or to the number that newest stands for
kernel_number() {
	kernel=$1
	[[ $kernel == newest ]] || return 0
	[[ -n ${HI_NEWEST-} ]] || HI_NEWEST=$("$SCRIPTS/setup" --newest)
	export HI_NEWEST
	kernel=$HI_NEWEST
	[[ ${HI_HAD-} != *"<-k newest>"* ]] || export HI_HAD+="<-k $kernel>"
}

# The names of the variants, or of the architectures: one fragment each, and more of the same
# name for symbols that only some kernels or architectures have, such as NAME.since-X.Y.config.
fragment_names() {
	(cd "$SCRIPTS/configs/$1" && printf '%s\n' *.config) | sed -E '/\.(since|before|for)-/d; s/\.config$//' | paste -sd ' '
}

# has_python: python3-minimal lacks dataclasses
has_python() { compgen -G '/usr/lib*/python3*/dataclasses.py' > /dev/null; }

# run_verb VERB ARGUMENT...: replaces this shell by hi/VERB.py. Where Python is missing, the message names
# all that the verb will ask for.
run_verb() {
	local group groups=() pairs=(--packages python)
	if ! has_python; then
		case $1 in
		matrix|vet)	groups=(build "build-${ARCH:-x86_64}" boot "boot-${ARCH:-x86_64}" inspector matrix) ;;
		check)		groups=(apply build llvm inspector check) ;;
		fates)		groups=(fates inspector) ;;
		esac
		for group in "${groups[@]}"; do
			pairs+=(--packages "$group")
		done
		"$SCRIPTS/setup" "${pairs[@]}"
	fi
	exec /usr/bin/python3 -I -S -B "$SCRIPTS" "$@"
}

# check_names ARCH [VARIANT]: an error unless there are such an architecture and variant
check_names() {
	one_of architecture "$1" "$(fragment_names arch)"
	(( $# < 2 )) || one_of variant "$2" "$(fragment_names variant)"
}

# choose ARCH [VARIANT [KERNEL]]: sets arch_* and variant_*, one variable for each field of the tables
# in hi/kernels.py, and fragments to those of the configuration
choose() {
	local rows
	declare -g arch_cross arch_tools arch_image arch_machine arch_console \
		arch_verdict arch_verdict_device arch_words arch_words_max variant_make variant_cpus fragments
	rows=$(run_verb kernels "$@")
	eval "$rows"
	arch_cross=${CROSS_COMPILE-$arch_cross}
}

# need ARGUMENT...: runs setup with these pairs, such as "--packages build"; skips pairs that
# a caller has already requested
need() {
	local pairs=() had=${HI_HAD-}
	while (( $# )); do
		[[ $had == *"<$1 $2>"* ]] || pairs+=("$1" "$2")
		had+="<$1 $2>"
		shift 2
	done
	(( ! ${#pairs[@]} )) || "$SCRIPTS/setup" "${pairs[@]}"
	export HI_HAD=$had
}

# need_build KERNEL ARCH GROUP...: has setup get all that a build needs, and these groups of
# packages. A script calls it before all else that can lack something: then one message names all.
need_build() {
	local pairs=(--packages build --packages "build-$2") group
	if is_machines_kernel "$1"; then
		pairs=(--packages modules)
	elif is_debian_kernel "$1"; then
		pairs=(--packages modules -k "$1")
	elif is_known_kernel "$1"; then
		pairs+=(--packages apply -k "$1")
	else
		need_series_tree "$1" > /dev/null
	fi
	[[ ${LLVM:-0} == 0 ]] || pairs+=(--packages llvm)
	[[ ${CCACHE_PREFIX-} != distcc ]] || pairs+=(--packages distcc)
	for group in "${@:3}"; do
		pairs+=(--packages "$group")
	done
	need "${pairs[@]}"
}

# stamp: prints a hash of standard input. A result in the cache is named by the stamp of all that it
# depends on, or holds it in a file that is written when the result is complete.
stamp() { sha256sum | cut -c 1-16; }

# is_stamped FILE STAMP: whether the result with this file is complete and up to date
is_stamped() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# guest_programs DIRECTORY COMPILER: runs DIRECTORY's Makefile if its programs in the cache are
# not up to date, and prints the directory that contains them
guest_programs() {
	local id out new
	# The programs share ../common, so all sources count.
	id=$( (cd "$SCRIPTS" && find guest claims -type f -print0 | sort -z | xargs -0 sha256sum; echo "${1##*/}"; "$2" --version) |
		stamp)
	out=$CACHE/guest/$id
	if [[ ! -d $out ]]; then
		make_cache_dir guest
		new=$(mktemp -d "$CACHE/guest/new.XXXXXX")
		make -s -C "$1" O="$new" CC="$2" >&2 || {
			rm -rf "$new"
			die $EXIT_FAILED "the guest's programs could not be built"
		}
		mv -T "$new" "$out" 2>/dev/null || rm -rf "$new"	# another run was quicker
	fi
	echo "$out"
}

# declare_intree DIRECTORY: marks the modules in it as part of the kernel tree, so that they do
# not taint the kernel
declare_intree() {
	# shellcheck disable=SC2016
	{ grep -rlZ --include='*.c' '^MODULE_LICENSE' "$1" || true; } |
		xargs -0 -r sed -i '$a MODULE_INFO(intree, "Y");'
}

# use_ccache: from here on, "ccache COMPILER" stores its objects in our cache, see path/ccache
use_ccache() {
	HI_CCACHE=${HI_CCACHE-$(command -v ccache)} PATH=$SCRIPTS/path:$PATH
	export HI_CCACHE CCACHE_DIR=$CACHE/ccache CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=5G
}

# make_cache_dir NAME...: directories in the cache
make_cache_dir() {
	local name
	for name in "$@"; do
		mkdir -p "$CACHE/$name" 2>/dev/null ||
			die $EXIT_MISSING "cannot write to the cache $CACHE (set HI_CACHE to a directory that can be written)"
	done
}

# lock [--shared] NAME: keeps other runs out until this process and all its children have
# ended. Runs with --shared keep out only those without. A second call changes the kind. The
# file holds the PIDs of the runs that took the lock.
declare -A LOCKS
lock() {
	local kind=--exclusive file fd
	if [[ $1 == --shared ]]; then
		kind=--shared
		shift
	fi
	file=$CACHE/lock/$1
	if [[ ! ${LOCKS[$1]-} ]]; then
		make_cache_dir lock
		exec {fd}>>"$file"
		LOCKS[$1]=$fd
	fi
	until flock $kind -w 5 "${LOCKS[$1]}"; do
		say "waiting for process$(lock_holders "$file"), which has $file"
	done
	[[ $kind == --shared ]] || : > "$file"
	echo $$ >> "$file"
}

lock_holders() {
	local pid
	sort -u "$1" | while read -r pid; do
		[[ $pid == "$$" ]] || ! kill -0 "$pid" 2>/dev/null || printf ' %s' "$pid"
	done
}

# The name of the lock on a kernel tree, or on any directory of the user's.
lock_of() { echo "directory-$(readlink -f "$1" | stamp)"; }

# has_space DIRECTORY MEGABYTES
has_space() { (( $(stat -f -c '%a * %S' "$1") >> 20 >= $2 )); }

# need_space DIRECTORY MEGABYTES: fails unless that much space is free
need_space() {
	has_space "$1" "$2" ||
		die $EXIT_MISSING "the disk is full: $2 MB are needed in $1; free some space, and try again"
}

# Progress rewrites one line on a terminal. Elsewhere it prints a line every five seconds.
if [[ -t 2 && ${TERM-dumb} != dumb ]]; then
	PROGRESS_EVERY=1
	show_progress() {
		local columns
		columns=$(stty size <&2 2>/dev/null | cut -d ' ' -f 2)
		(( columns )) || columns=80
		# A longer line would wrap, and the terminal would rewrite only its last part.
		printf '\r\033[K%.*s' $((columns - 1)) "$1" >&2
	}
	end_progress() { printf '\r\033[K' >&2; }
else
	PROGRESS_EVERY=5
	show_progress() { printf '%s\n' "$1" >&2; }
	end_progress() { :; }
fi

# Waits a tenth of a second. sleep(1) ten times a second would slow down a compiler beside it.
pause() {
	[[ ${NEVER-} ]] || exec {NEVER}<> <(:)		# a pipe from which nothing ever comes
	read -rt 0.1 -u "$NEVER" || true
}

# with_progress LABEL LOG COMMAND...: runs COMMAND with its output in LOG and shows progress.
# The function progress_of prints how far COMMAND is. Returns the status of COMMAND. If
# interrupted, it ends COMMAND first.
with_progress() {
	local label=$1 log=$2 child status=0 start=$SECONDS next
	shift 2
	set -m			# a process group of its own, to end all of it
	"$@" > "$log" 2>&1 < /dev/null &
	child=$!
	set +m
	trap 'kill -- "-$child" 2>/dev/null; wait "$child" || true; exit 130' INT
	trap 'kill -- "-$child" 2>/dev/null; wait "$child" || true; exit 143' TERM HUP
	next=$((SECONDS + PROGRESS_EVERY))
	while kill -0 "$child" 2>/dev/null; do
		if (( SECONDS >= next )); then
			show_progress "$SELF: $label, $((SECONDS - start)) s$(progress_of "$log")"
			next=$((SECONDS + PROGRESS_EVERY))
		fi
		pause
	done
	end_progress
	wait "$child" || status=$?
	trap - INT TERM HUP
	return $status
}

progress_of() { :; }

# is_kernel_tree DIR
is_kernel_tree() {
	[[ -f $1/Makefile && -f $1/Kconfig && -f $1/drivers/misc/Kconfig ]] &&
		grep -q '^PATCHLEVEL = ' "$1/Makefile"
}

# need_kernel_tree DIR: its path without links, or an error that says why not
need_kernel_tree() {
	[[ -d $1 ]] || die $EXIT_USAGE "no directory '$1'"
	is_kernel_tree "$1" ||
		die $EXIT_USAGE "'$1' is no kernel tree (no Makefile with a PATCHLEVEL, or no drivers/misc/Kconfig)"
	readlink -f "$1"
}

# need_users_tree KERNEL: like need_kernel_tree, for a value of -k that must be a tree
need_users_tree() {
	[[ $1 == */* || -d $1 ]] || unknown_kernel "$1"
	need_kernel_tree "$1"
}

# need_series_tree KERNEL: the same for a tree to be built
need_series_tree() {
	local tree
	tree=$(need_users_tree "$1")
	[[ -f $tree/drivers/misc/hi/Kconfig ]] ||
		die $EXIT_USAGE "$tree has no drivers/misc/hi: put the series in with '$SCRIPTS/apply $tree'"
	is_plain "$tree" || die $EXIT_USAGE "kbuild cannot build in '$tree': rename it to a path of letters and digits"
	echo "$tree"
}

# Prints a stamp of the series.
series_id() { (cd "$TOP/patches" && cat ../series && xargs cat < ../series) | stamp; }

# tree_argument ARGUMENT...: sets tree to the kernel tree that the only ARGUMENT names
tree_argument() {
	(( $# < 2 )) || usage_error "one TREE, not '$1' and '$2'"
	[[ ${1-} ]] || usage_error "no TREE given"
	[[ $1 != -* ]] || set -- "./$1"
	tree=$(need_kernel_tree "$1")
	[[ $tree -ef $1 ]] || die $EXIT_USAGE "the name of '$1' ends in a newline: rename it"
}

# end_with STATUS COMMAND...: for a trap on EXIT. COMMAND cleans up. What ended the script without
# a message of ours, a full disk or a program that failed, becomes EXIT_MISSING.
end_with() {
	local status=$1
	shift
	trap - EXIT
	"$@" || status=$EXIT_MISSING
	case $status in
	0 | "$EXIT_USAGE" | "$EXIT_MISSING" | 129 | 130 | 143) exit "$status" ;;
	*) die $EXIT_MISSING "cannot go on: the messages above say why" ;;
	esac
}
