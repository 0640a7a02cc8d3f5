# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154,SC2317
#
# Stock kernels: those of Debian's packages, and that of this machine. Sourced by setup, which gets
# them, and by build, which builds modules for them.
#
# The packages are unpacked into $CACHE/stock/RELEASE. Nothing is installed. Three links there are all
# that the other scripts use: image, modules and headers.

STOCK=$CACHE/stock

# debian_release KERNEL: prints the release that debian:X.Y, debian:newest, debian:RELEASE or stock
# stands for, such as 6.12.117+deb12-amd64. stock is the newest that this machine's compiler fits:
# Debian builds the kernels of a release of Debian with that release's gcc.
debian_release() {
	local wanted=${1#debian:} known
	lock archive
	if archive_is_fresh || archive_update; then
		known=$(<"$APT/stock")
	else
		known=$(cd "$STOCK" 2>/dev/null && printf '%s\n' *.version | sed 's/\.version$/ any/' | sort -V)
		say "Debian's archive is out of reach: taking the highest that is in the cache"
	fi
	case $wanted in
	newest)		;;
	stock)		known=$(grep -E " ($(gcc -dumpversion 2>/dev/null || echo none)|any)\$" <<< "$known" || echo "$known") ;;
	*-amd64)	known=$(grep -F "$wanted " <<< "$known") || true ;;
	*)		known=$(grep -E "^${wanted//./\\.}[.+-]" <<< "$known") || true ;;
	esac
	known=${known##*$'\n'}
	[[ $known ]] || die "$EXIT_USAGE" "unknown stock kernel '$1': Debian's archive has $(cut -d ' ' -f 1 "$APT/stock" 2>/dev/null | paste -sd ' ')"
	echo "${known% *}"
}

# packages_of_stock RELEASE: prints its packages. Older ones have the modules in linux-image, newer ones
# have a package for the image and one for the modules.
packages_of_stock() {
	printf '%s\n' "linux-image-$1" "linux-headers-$1"
	apt_in_cache apt-cache --no-all-versions show "linux-image-$1" "linux-headers-$1" | sed -n 's/^Depends: //p' |
		sed 's/[,|]/\n/g' | sed 's/^ *//; s/ .*//' | grep -E '^linux-(base|binary|modules|headers|kbuild)-' | sort -u |
		grep -vxF "linux-headers-$1"
}

unpack_stock() {
	local file
	for file in "${@:2}"; do
		dpkg-deb -x "$file" "$1" || return
	done
}

# link_stock DIRECTORY RELEASE: makes image, modules and headers
link_stock() {
	local directory=$1 release=$2 lib=usr/lib
	[[ -d $directory/usr/lib/modules/$release/kernel ]] || lib=lib
	ln -s "$lib/modules/$release" "$directory/modules"
	ln -s "usr/src/linux-headers-$release" "$directory/headers"
	if [[ -f $directory/boot/vmlinuz-$release ]]; then
		ln -s "boot/vmlinuz-$release" "$directory/image"
	else
		ln -s "modules/vmlinuz" "$directory/image"
	fi
	[[ -f $directory/image && -d $directory/modules/kernel && -f $directory/headers/Makefile ]]
}

# The headers' Makefile names its parts by absolute paths.
move_headers() { sed -i "s|/usr/src/|$2/usr/src/|g" "$1/headers/Makefile"; }

# unrunnable_programs DIRECTORY: prints the programs of kbuild for which this machine's libraries are
# too old
unrunnable_programs() {
	local program
	find "$1/usr/lib"/linux-kbuild-* -type f -perm -u+x | while read -r program; do
		! grep -q 'not found' <(ldd "$program" 2>&1) || echo "$program"
	done
}

# run_by_loader DIRECTORY PROGRAM...: Debian 13's programs need a newer C library than Debian 12 has. A
# C library brings its own loader, which runs a program with the libraries of DIRECTORY. To compile
# the programs again would take the kernel's source, and longer than all else here.
run_by_loader() {
	local program
	for program in "${@:2}"; do
		mv "$program" "$program.elf"
		# shellcheck disable=SC2016
		printf '#!/bin/sh\nexec "%s/ld-linux-x86-64.so.2" --library-path "%s" --argv0 "$0" "$0.elf" "$@"\n' "$1" "$1" > "$program"
		chmod +x "$program"
	done
}

# get_runtime: fetches the newest C library of the archive, and what the programs of kbuild link with
get_runtime() {
	local directory=$STOCK/runtime files
	[[ ! -d $directory ]] || return 0
	mapfile -t files < <(archive_download libc6 libelf1t64 libssl3t64 libzstd1 zlib1g)
	rm -rf "$directory.new"
	unpack_stock "$directory.new" "${files[@]}"
	rm -f "${files[@]}"
	mv "$directory.new" "$directory"
}

# get_stock RELEASE: $STOCK/RELEASE, complete or not there at all
get_stock() {
	local release=$1 directory=$STOCK/$1 log=$CACHE/log/stock-$1.log version files packages programs
	[[ ! -f $directory.version ]] || $update || return 0
	make_cache_dir stock log
	lock "stock-$release"
	[[ ! -f $directory.version ]] || $update || return 0
	need_space "$STOCK" 1000
	version=$(archive_version "linux-image-$release")
	[[ ! -f $directory.version || $(<"$directory.version") != "$version" ]] || return 0
	mapfile -t packages < <(packages_of_stock "$release")
	mapfile -t files < <(archive_download "${packages[@]}")
	rm -rf "$directory.new" "$directory" "$directory.version"
	progress_of() { :; }
	with_progress "unpacking the stock kernel $release" "$log" unpack_stock "$directory.new" "${files[@]}" || {
		tail -n 5 "$log" >&2
		die "$EXIT_MISSING" "could not unpack ${files[*]} into $STOCK (is the disk full?)"
	}
	link_stock "$directory.new" "$release" ||
		die "$EXIT_MISSING" "the packages of $release have no kernel, modules or headers where they were until now: $directory.new"
	move_headers "$directory.new" "$directory"
	mapfile -t programs < <(unrunnable_programs "$directory.new")
	if (( ${#programs[@]} )); then
		get_runtime
		run_by_loader "$STOCK/runtime/usr/lib/x86_64-linux-gnu" "${programs[@]}"
	fi
	rm -f "${files[@]}"
	mv "$directory.new" "$directory"
	echo "$version" > "$directory.version"
	say "unpacked the stock kernel $release ($version)"
}

# find_stock KERNEL: sets stock_release, stock_image, stock_modules and stock_headers
find_stock() {
	declare -g stock_release stock_image stock_modules stock_headers
	if is_machines_kernel "$1"; then
		stock_release=${1##*/vmlinuz-} stock_image=$1
		stock_modules=/lib/modules/$stock_release stock_headers=$stock_modules/build
		[[ -f $stock_image ]] || die "$EXIT_USAGE" "no file '$stock_image'"
		[[ -r $stock_image ]] || die "$EXIT_MISSING" "only root can read $stock_image: copy it to a file vmlinuz-$stock_release of yours"
		[[ -f $stock_headers/Makefile ]] || die "$EXIT_MISSING" "there are no headers of $stock_release in $stock_headers; as root, run:" \
			"    apt-get install linux-headers-$stock_release"
	else
		stock_release=$("$SCRIPTS/setup" --release "$1")
		stock_image=$STOCK/$stock_release/image
		stock_modules=$STOCK/$stock_release/modules
		stock_headers=$STOCK/$stock_release/headers
	fi
}
