# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2317
#
# Debian's archive, for kernels that the machine's own release does not have. Sourced by
# setup. apt does the work, with lists and a configuration of our own below $CACHE/apt, as
# any user.
#
# The suites, the same on every Debian: trixie-backports and sid have the newest kernels,
# bookworm-security has 6.1 and 6.12.

APT=$CACHE/apt
ask_again=false		# fetch the lists even where they are fresh

# The machine's own mirror as /etc/apt has it, of TYPE "" or "-security".
archive_mirror() {
	local mirror=""
	if grep -sqx 'ID=debian' /etc/os-release; then
		# shellcheck disable=SC2016
		mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
			grep -E "/debian$1/?\$" | head -n 1) || true
	fi
	echo "${mirror:-http://deb.debian.org/debian$1}"
}

# write_sources: which archives there are, see sources.list(5)
write_sources() {
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	[[ -f $keyring ]] || keyring=${keyring%.gpg}.pgp
	echo "# HI_APT_SOURCES=${HI_APT_SOURCES-}"
	if [[ -n ${HI_APT_SOURCES-} ]]; then
		cat "$HI_APT_SOURCES"
		return
	fi
	[[ -f $keyring ]] || die "$EXIT_MISSING" "$keyring is missing: install debian-archive-keyring"
	cat <<-END
	Types: deb
	URIs: $(archive_mirror "")
	Suites: trixie-backports sid
	Components: main
	Signed-By: $keyring

	Types: deb
	URIs: $(archive_mirror -security)
	Suites: bookworm-security
	Components: main
	Signed-By: $keyring
	END
}

# Everything that apt writes or is told is below $APT. The machine's proxies count; its pins,
# its default release, its hooks and what is installed do not.
write_configuration() {
	cat <<-END
	Dir::State::Lists "$APT/lists";
	Dir::State::Status "/dev/null";
	Dir::Cache "$APT/cache";
	Dir::Cache::pkgcache "pkgcache.bin";
	Dir::Etc::SourceList "/dev/null";
	Dir::Etc::SourceParts "$APT/sources";
	Dir::Etc::Preferences "/dev/null";
	Dir::Etc::PreferencesParts "/dev/null";
	APT::Default-Release "";
	APT::Sandbox::User "root";
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	Acquire::Languages "none";
	Acquire::Retries "2";
	END
}

# apt_in_cache PROGRAM ARGUMENT...: apt-get or apt-cache with the above
apt_in_cache() { "$1" -c "$APT/apt.conf" "${@:2}"; }

# archive_update: fetches the lists, and writes the kernels that are in them to $APT/kernels,
# one X.Y a line, the highest last, and the stock kernels to $APT/stock. False where the archive is
# out of reach, or its signature is not good: apt's reasons are in $APT/update.log then.
archive_update() {
	command -v apt-get > /dev/null || {
		make_cache_dir apt
		echo "there is no apt-get on this machine" > "$APT/update.log"
		return 1
	}
	make_cache_dir apt/lists/partial apt/cache/archives/partial apt/sources
	write_configuration > "$APT/apt.conf"
	write_sources > "$APT/sources/debian.sources"
	progress_of() { :; }
	rm -f "$APT/kernels" "$APT/stock"
	with_progress "asking Debian's archive for kernels" "$APT/update.log" \
		apt_in_cache apt-get -q --error-on=any update || return
	apt_in_cache apt-cache pkgnames linux-source- 2>/dev/null |
		sed -nE 's/^linux-source-([0-9]+\.[0-9]+)$/\1/p' | sort -V > "$APT/kernels.new"
	stock_releases > "$APT/stock"
	mv "$APT/kernels.new" "$APT/kernels"
}

# stock_releases: prints "RELEASE GCC" for each stock kernel that has headers, the highest last, such as
# "6.12.117+deb12-amd64 12" for one that gcc 12 compiled
stock_releases() {
	apt_in_cache apt-cache pkgnames linux-headers- 2>/dev/null |
		{ grep -xE 'linux-headers-[0-9]+\.[0-9]+[0-9.-]*(\+deb[0-9]+)?-amd64' || true; } |
		xargs -r apt-cache -c "$APT/apt.conf" show 2>/dev/null |
		awk '/^Package: / { release = substr($2, length("linux-headers-") + 1) }
		     /^Depends: / && match($0, /gcc-[0-9]+/) { print release, substr($0, RSTART + 4, RLENGTH - 4) }' |
		sort -V
}

# The lists are there, and were fetched no longer ago than a day from the same archives.
archive_is_fresh() {
	[[ -z ${HI_APT_SOURCES-} || -r $HI_APT_SOURCES ]] ||
		die "$EXIT_USAGE" "cannot read HI_APT_SOURCES, '$HI_APT_SOURCES'"
	! $ask_again && [[ -f $APT/kernels && -f $APT/stock && -n $(find "$APT/kernels" -mmin -1440) ]] &&
		[[ $(head -n 1 "$APT/sources/debian.sources") == "# HI_APT_SOURCES=${HI_APT_SOURCES-}" ]] &&
		[[ -z ${HI_APT_SOURCES-} || ! $HI_APT_SOURCES -nt $APT/kernels ]]
}

need_archive() {
	lock archive
	archive_is_fresh || archive_update || archive_out_of_reach
	ask_again=false
}

archive_out_of_reach() {
	die "$EXIT_MISSING" "cannot get kernels from Debian's archive:" \
		"$(grep -E '^(E:|W:|there is)' "$APT/update.log" | head -n 4)" \
		"try again when the archive is in reach, or name another mirror (HI_APT_SOURCES, see 'setup --help');" \
		"a kernel tree of yours needs no archive: -k TREE"
}

# The kernels whose source is in the cache, in the same form.
cached_kernels() {
	local file
	for file in "$CACHE"/sources/*.version; do
		[[ ! -f $file ]] || basename "$file" .version
	done | sort -V
}

# archive_newest: the highest number that the archive has; where it cannot tell, or has none,
# that of the cache, with a message
archive_newest() {
	local kernel=""
	lock archive
	if archive_is_fresh || archive_update; then
		kernel=$(tail -n 1 "$APT/kernels")
	fi
	if [[ -z $kernel ]]; then
		kernel=$(cached_kernels | tail -n 1)
		[[ -n $kernel ]] || archive_out_of_reach
		say "Debian's archive is out of reach or has no kernel: newest is $kernel, the highest in the cache"
	fi
	echo "$kernel"
}

# archive_version PACKAGE: prints the version in the archive; an unknown kernel is an error
archive_version() {
	local version
	need_archive
	version=$(apt_in_cache apt-cache --no-all-versions show "$1" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1)
	[[ -n $version ]] || die "$EXIT_USAGE" "unknown kernel '${1#linux-source-}': Debian's archive has $(paste -sd " " "$APT/kernels")" \
		"use one of these, or the path of a kernel tree"
	echo "$version"
}

# archive_download PACKAGE...: prints the files' names. The archive may have moved on since the
# lists were fetched: then they are fetched again.
archive_download() {
	local log=$CACHE/log/download.log package
	make_cache_dir apt/packages
	cd "$APT/packages" || return
	for package; do
		rm -f "$package"_*.deb
	done
	progress_of() { :; }
	with_progress "fetching $*" "$log" apt_in_cache apt-get -q download "$@" ||
		{ archive_update && with_progress "fetching $*" "$log" apt_in_cache apt-get -q download "$@"; } || {
		tail -n 5 "$log" >&2
		die "$EXIT_MISSING" "could not fetch $* from Debian's archive (all of apt-get's output: $log)" \
			"try again when the archive is in reach; a kernel tree of yours needs no archive: -k TREE"
	}
	for package; do
		echo "$PWD/$package"_*.deb
	done
}
