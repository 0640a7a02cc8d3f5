#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: inspector
#
# The environment does not change what the scripts do. For apply and export see user-git.t,
# for build and boot guest/boot.t.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1
export HI_CACHE=$CACHE T=$SCRATCH
# shellcheck disable=SC2016
printf 'cd() { echo "now in $1"; builtin cd "$@"; }\nexport -f cd\nset -f\n' > "$SCRATCH/bash-env"
printf 'int x __attribute__((section(".init.data")));\n' | gcc -xc -c -o "$SCRATCH/object.o" -

calls=("setup --packages apply -k $newest" "matrix --list" "demo --help" "sections $SCRATCH/object.o --json")

# runs COMMAND...: its output and its exit status
runs() {
	"$@" < /dev/null 2> /dev/null
	echo "exit status $?"
}

"$SCRIPTS/sections" --help > /dev/null || exit 1
for call in "${calls[@]}"; do
	read -ra words <<< "$call"
	runs "$SCRIPTS/${words[0]}" "${words[@]:1}" > "$SCRATCH/wanted"
	check "${words[*]:0:2}" grep -qx "exit status 0" "$SCRATCH/wanted"
	while read -r setting; do
		check "${words[*]:0:2} with $setting" diff "$SCRATCH/wanted" <(runs env "${setting//SCRATCH/$SCRATCH}" "$SCRIPTS/${words[0]}" "${words[@]:1}")
	done <<-'END'
		SHELLOPTS=noglob:xtrace:noclobber:nounset
		BASHOPTS=nullglob:failglob:extdebug
		POSIXLY_CORRECT=1
		BASH_ENV=SCRATCH/bash-env
		ENV=SCRATCH/bash-env
		CDPATH=/tmp:/usr
		GLOBIGNORE=*
		IFS=/
		-uHOME
		HOME=
		TMPDIR=/nonexistent
		LANG=de_DE.UTF-8
		LC_ALL=de_DE.UTF-8
		ARCH=x86
		PYTHONPATH=SCRATCH
		PYTHONHOME=SCRATCH
		GREP_OPTIONS=-v
		MAKEFLAGS=-n
		TAR_OPTIONS=-z
		TERM=
	END
done

mkdir -p "$SCRATCH/home"
no_home() { env -uHOME -uHI_CACHE XDG_CACHE_HOME="$SCRATCH/home" "$@"; }
check "sections, built without HOME" exits 0 no_home HI_CACHE="$SCRATCH/own" BASH_ENV="$SCRATCH/bash-env" CFLAGS=-O0 "$SCRIPTS/sections" "$SCRATCH/object.o"
check "it says what is there" said ".init.data"
HI_CACHE='' XDG_CACHE_HOME='' check "without HOME and without HI_CACHE" exits 0 env -uHOME "$SCRIPTS/sections" --help
tap_end
