#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/setup and Debian's archive: a repository made here has Linux 9.9, moves on, is out of
# reach, and is signed by nobody known.

. "$(dirname "$0")/../lib.sh"

for program in apt-get dpkg-deb; do
	command -v $program > /dev/null || { echo "1..0 # SKIP this machine has no $program"; exit; }
done
export HI_CACHE=$SCRATCH/cache HI_APT_SOURCES=$SCRATCH/test.sources GNUPGHOME=$SCRATCH/gnupg
unset HI_NEWEST
setup=$SCRIPTS/setup
repository=$SCRATCH/repository
mkdir -m 700 "$GNUPGHOME"
mkdir "$repository"
trap 'gpgconf --kill all; rm -rf "$SCRATCH"' EXIT
cat > "$HI_APT_SOURCES" <<END
Types: deb
URIs: file:$repository
Suites: ./
Signed-By: $SCRATCH/key.gpg
END

# make_key NAME: whose public part goes to $SCRATCH/key.gpg
make_key() {
	gpg --batch -q --passphrase "" --quick-generate-key "$1 <$1@example.org>" rsa3072 sign never &&
		gpg --batch -q --yes -o "$SCRATCH/key.gpg" --export "$1@example.org"
}

# add_kernel X.Y VERSION: a package with what is taken for a kernel tree
add_kernel() {
	local package=linux-source-$1 root=$SCRATCH/package
	rm -rf "$root" "$repository/$package".deb
	mkdir -p "$root/DEBIAN" "$root/usr/src" "$SCRATCH/$package/drivers/misc"
	printf 'VERSION = %s\nPATCHLEVEL = %s\n' "${1%.*}" "${1#*.}" > "$SCRATCH/$package/Makefile"
	touch "$SCRATCH/$package/Kconfig" "$SCRATCH/$package/drivers/misc/Kconfig"
	tar -C "$SCRATCH" -cJf "$root/usr/src/$package.tar.xz" "$package"
	printf '%s\n' "Package: $package" "Version: $2" "Architecture: all" "Maintainer: nobody <nobody@example.org>" \
		"Description: test" > "$root/DEBIAN/control"
	dpkg-deb -b "$root" "$repository/$package.deb" > /dev/null
}

# publish SIGNER: the lists of what is in the repository
publish() {
	local file
	(cd "$repository" && rm -f Packages InRelease && for file in *.deb; do
		dpkg-deb -f "$file" Package Version Architecture Maintainer
		printf '%s\n' "Filename: ./$file" "Size: $(stat -c %s "$file")" "SHA256: $(sha256sum < "$file" | cut -d ' ' -f 1)" \
			"Description: test" ""
	done > Packages && printf '%s\n' "Suite: test" "Date: $(date -Ru)" "SHA256:" \
		" $(sha256sum < Packages | cut -d ' ' -f 1) $(stat -c %s Packages) Packages" > Release &&
		gpg --batch -q -u "$1@example.org" --clearsign -o InRelease Release && rm Release)
}

apt_of_the_machine() { find /etc/apt /var/lib/apt -type f -printf '%p %s %T@\n' | sort; }

check "a key" make_key friend
before=$(apt_of_the_machine)

mv "$repository" "$repository.away"
check "nothing in the cache, no archive: exit 3" refuses 3 "cannot get kernels from Debian's archive" "$setup" --newest
check "it says what needs no archive" said "a kernel tree of yours needs no archive: -k TREE"
check "a kernel by its number: exit 3" refuses 3 "cannot get kernels" "$setup" --packages source -k 9.9
mv "$repository.away" "$repository"

add_kernel 9.9 9.9.1-1
add_kernel 9.1 9.1.7-1
publish friend
check "newest" exits 0 "$setup" --newest
check "it is 9.9" test "$(grep -v : "$SCRATCH/output")" = 9.9
check "-k newest: its source is fetched" exits 0 "$setup" --packages source -k newest
check "it says which" said "unpacked Linux 9.9 (9.9.1-1)"
check "it is there by its number" grep -qx 'PATCHLEVEL = 9' "$HI_CACHE/sources/9.9/Makefile"
check "again" exits 0 "$setup" --packages source -k newest -k 9.9
check "it says nothing" test ! -s "$SCRATCH/output"
check "a kernel that the archive has not: exit 2" refuses 2 "unknown kernel '5.4': Debian's archive has 9.1 9.9" \
	"$setup" --packages source -k 5.4
cp -r "$SCRIPTS" "$SCRATCH/scripts"
mkdir -m 777 "$SCRATCH/user"
chmod 755 "$SCRATCH"
check "as a user who is not root" exits 0 as_user \
	env HI_CACHE="$SCRATCH/user/cache" "$SCRATCH/scripts/setup" --packages source -k newest
check "the source is there too" test -f "$SCRATCH/user/cache/sources/9.9/Makefile"

# The archive moves on. 9.10 comes after 9.9.
add_kernel 9.10 9.10.2-1
add_kernel 9.9 9.9.2-1
publish friend
check "within a day it is not asked again" test "$("$setup" --newest 2>&1)" = 9.9
touch -d "25 hours ago" "$HI_CACHE/apt/kernels"
check "after a day it is" test "$("$setup" --newest 2> /dev/null)" = 9.10
check "what was there stays" test "$(<"$HI_CACHE/sources/9.9.version")" = 9.9.1-1
check "--update" exits 0 "$setup" --packages source --update -k 9.9
check "it replaces an older version" test "$(<"$HI_CACHE/sources/9.9.version")" = 9.9.2-1

# A file that is no longer there, though the lists have it: they are fetched again.
rm "$repository/linux-source-9.10.deb"
add_kernel 9.10 9.10.3-1
mv "$repository/linux-source-9.10.deb" "$repository/linux-source-9.10-3.deb"
publish friend
check "the archive has moved on since the lists were fetched" exits 0 "$setup" --packages source -k 9.10
check "what it has now is there" test "$(<"$HI_CACHE/sources/9.10.version")" = 9.10.3-1

mv "$repository" "$repository.away"
check "taken away again, within a day: newest" test "$("$setup" --newest 2>&1)" = 9.10
rm -r "$HI_CACHE"/sources/9.10*
check "and asked now" exits 0 "$setup" --update --newest
check "it is what the cache has" test "$(grep -v : "$SCRATCH/output")" = 9.9
check "it says so" said "newest is 9.9, the highest in the cache"
check "what is there by its number needs no archive" exits 0 "$setup" --packages source -k 9.9
mv "$repository.away" "$repository"

check "somebody else's key" make_key stranger
gpg --batch -q --yes -o "$SCRATCH/key.gpg" --export friend@example.org
rm -r "$HI_CACHE"
publish stranger
check "signed by nobody known: exit 3" refuses 3 "cannot get kernels" "$setup" --newest
check "it says that it is the signature" grep -qiE 'signature|NO_PUBKEY|not signed' "$SCRATCH/output"
check "nothing was fetched" test ! -e "$HI_CACHE/sources"
publish friend
sed -i 's/^Version: .*/&x/' "$repository/Packages"
check "a list that is not the one signed: exit 3" refuses 3 "cannot get kernels" "$setup" --newest
check "a file of sources that is not there: exit 2" refuses 2 "cannot read HI_APT_SOURCES" \
	env HI_APT_SOURCES="$SCRATCH/none" "$setup" --newest
check "--newest with -k: exit 2" refuses 2 "--newest takes no -k" "$setup" --newest -k 6.1
check "the machine's own apt is what it was" diff <(echo "$before") <(apt_of_the_machine)
tap_end
