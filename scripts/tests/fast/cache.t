#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The scripts put the cache where the user says. kbuild refuses some paths: there the cache moves, or
# build says so.

. "$(dirname "$0")/../lib.sh"

unset HI_CACHE XDG_CACHE_HOME
chmod 755 "$SCRATCH"
cp -r "$SCRIPTS" "$SCRATCH/scripts"

# cache [ENV-ARGUMENT]...: prints the directory that the scripts take; what they say is in $SCRATCH/said
cache() {
	# shellcheck disable=SC2016
	env "$@" bash -c '. "$1/lib.sh" && echo "$CACHE"' test "$SCRATCH/scripts" 2> "$SCRATCH/said"
}
is() { [[ $2 == "$1" ]] || { echo "'$2', not '$1'"; cat "$SCRATCH/said"; false; }; }

check "the default" is "$SCRATCH/home/.cache/hi" "$(cache HOME="$SCRATCH/home")"
check "XDG_CACHE_HOME" is "$SCRATCH/xdg/hi" "$(cache XDG_CACHE_HOME="$SCRATCH/xdg")"
check "a relative HI_CACHE" is "$SCRATCH/here" "$(cache -C "$SCRATCH" HI_CACHE=here)"
check "a plain link to a plain path stays" is "$SCRATCH/link" "$(ln -s home "$SCRATCH/link" && cache HI_CACHE="$SCRATCH/link")"
check "letters of other languages are plain" is "$SCRATCH/é" "$(cache HI_CACHE="$SCRATCH/é")"
check "nothing is said" test ! -s "$SCRATCH/said"
for name in "a b" "a:b" "a'b" "a\$b" 'a"b' 'a&b' 'a,b' 'a=b' 'a%b' 'a#b' $'a\nb' "a b/c:d"; do
	place=$(cache HI_CACHE="$SCRATCH/$name/cache")
	check "below $(printf %q "$name"): a plain directory above it" grep -qxE "$SCRATCH/\.hi-$EUID-[0-9a-f]{16}" <<< "$place"
	check "it belongs to the user alone" is "$EUID 700" "$(stat -c '%u %a' "$place")"
	check "the user is told" grep -q "the cache is $place" "$SCRATCH/said"
	check "the next time it is the same" is "$place" "$(cache HI_CACHE="$SCRATCH/$name/cache")"
	check "and nothing is said" test ! -s "$SCRATCH/said"
	rm -r "$place"
done
check "HOME with a space" is "$SCRATCH" "$(dirname "$(cache HOME="$SCRATCH/a b")")"
mkdir "$SCRATCH/a b"
ln -s "a b" "$SCRATCH/plain"
place=$(cache HI_CACHE="$SCRATCH/plain/cache")
check "a plain link to a path with a space" grep -qxE "$SCRATCH/\.hi-.*" <<< "$place"
check "a link with a space to a plain path" is "$SCRATCH/home" "$(ln -s home "$SCRATCH/to home" && cache HI_CACHE="$SCRATCH/to home")"
rm -r "$place"
ln -s home "$place"
check "a link where that directory is to be: exit 3" refuses 3 "is no directory of yours: set HI_CACHE" \
	env HI_CACHE="$SCRATCH/plain/cache" "$SCRIPTS/build"
# shellcheck disable=SC2016
place=$(HI_CACHE="/a b/cache" as_user bash -c '. "$1/lib.sh" && echo "$CACHE"' test "$SCRATCH/scripts" 2> /dev/null)
check "no directory above it is the user's: in /var/tmp" grep -qE "^/var/tmp/\.hi-[0-9]+-[0-9a-f]{16}$" <<< "$place"
rm -r "$place"

newest=$(HI_CACHE=$CACHE newest) || exit 1
tree="$SCRATCH/a b/tree"
HI_CACHE=$CACHE small_tree "$newest" "$tree"
mkdir -p "$tree/drivers/misc/hi"
touch "$tree/drivers/misc/hi/Kconfig" "$SCRATCH/a b/Kbuild"
for script in build boot demo matrix; do
	check "$script -k TREE with a space: exit 2" refuses 2 "kbuild cannot build in '$tree'" env HI_CACHE="$CACHE" "$SCRIPTS/$script" -k "$tree"
done
check "build --modules DIR with a space: exit 2" refuses 2 "kbuild cannot build in '$SCRATCH/a b'" "$SCRIPTS/build" --modules "$SCRATCH/a b"
tap_end
