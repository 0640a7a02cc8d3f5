# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# The library that lays out the map of sections --html. Sourced by setup. npm's own client fetches
# it, once; hi/sections.py puts it into each page.

LIBRARY=d3-hierarchy LIBRARY_VERSION=3.1.2
# Of the package; npm view d3-hierarchy@3.1.2 dist.integrity has the same in base64.
LIBRARY_SHA512=157ffd7eb72e6f9e1b78176e8078c309d8a4c53844aa39d1f7742decfbd04ce1f1ca2342025bccac785c964ddc0f955e01aabd7f199f469f829d6c3dac4301b8
LIBRARY_DIRECTORY=$CACHE/npm/$LIBRARY-$LIBRARY_VERSION

has_library() { [[ -f $LIBRARY_DIRECTORY/$LIBRARY.min.js ]]; }

# unpack_library DIRECTORY: fetches, checks and unpacks it
unpack_library() {
	(cd "$1" && npm pack --silent "$LIBRARY@$LIBRARY_VERSION" &&
		sha512sum -c <<< "$LIBRARY_SHA512  $LIBRARY-$LIBRARY_VERSION.tgz" &&
		tar -xzf "$LIBRARY-$LIBRARY_VERSION.tgz" --strip-components=1 package/LICENSE &&
		tar -xzf "$LIBRARY-$LIBRARY_VERSION.tgz" --strip-components=2 "package/dist/$LIBRARY.min.js" &&
		rm "$LIBRARY-$LIBRARY_VERSION.tgz")
}

# get_library: complete or not there at all
get_library() {
	local log=$CACHE/log/npm.log
	! has_library || return 0
	make_cache_dir npm log
	lock npm
	! has_library || return 0
	rm -rf "$LIBRARY_DIRECTORY.new"
	mkdir "$LIBRARY_DIRECTORY.new"
	# shellcheck disable=SC2317
	progress_of() { :; }
	with_progress "fetching $LIBRARY" "$log" unpack_library "$LIBRARY_DIRECTORY.new" || {
		tail -n 5 "$log" >&2
		rm -rf "$LIBRARY_DIRECTORY.new"
		die "$EXIT_MISSING" "could not fetch $LIBRARY $LIBRARY_VERSION with npm (all of its output: $log)" \
			"try again when npm's registry is in reach"
	}
	rm -rf "$LIBRARY_DIRECTORY"
	mv "$LIBRARY_DIRECTORY.new" "$LIBRARY_DIRECTORY"
}
