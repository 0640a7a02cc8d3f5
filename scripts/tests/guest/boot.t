#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 6.12 6.1
#
# scripts/boot: each kernel in each variant, and guests that hang and panic.

. "$(dirname "$0")/../lib.sh"

boot=$SCRIPTS/boot
newest=$(newest) || exit 1
for kernel in "$newest" 6.12 6.1; do
	for variant in modular builtin; do
		"$SCRIPTS/build" -k "$kernel" -v "$variant" > /dev/null || exit 1
		check "$kernel $variant: its tests pass in the guest" exits 0 "$boot" -k "$kernel" -v "$variant"
		check "$kernel $variant: skipped is only what is not of this variant" not \
			grep -vE '# SKIP +((hi|hi_fail) is built in|hi is not built in|init did not fail|there is no hi.ko|no fail-nth)' \
			<(grep '# SKIP' "$SCRATCH/output")
	done
done
programs=$(ls "$CACHE/guest")
check "modular: C1 was looked at" exits 0 "$boot" -v modular
check "modular: the guest's programs were not compiled again" test "$(ls "$CACHE/guest")" = "$programs"
check "modular: init and exit" grep -x 'ok [0-9]* load\.init_and_exit_are_run' "$SCRATCH/output"
check "modular: nothing is left out" not said "hi is built in"
check "modular: the self-tests" said "step.notifier.fails_and_the_steps_before_it_are_undone"
check "a test that is not there" refuses 2 "unknown test 'nothing'" "$boot" nothing
check "more processors than the kernel uses" refuses 2 "uses 1 processors at most (CONFIG_NR_CPUS), not 2" "$boot" --cpus 2

# The prompt waits for ever for somebody who types.
check "a guest that hangs: exit 4" refuses 4 "the guest hung" "$boot" --timeout 4 --append hi_shell=1
check "it shows the end of the console" said "Run /init as init process"
check "a guest whose tests print nothing: exit 4" refuses 4 "printed nothing for 4 s" "$boot" --silence 4 --append hi_shell=1
check "a bad --silence" refuses 2 "--silence needs a number" "$boot" --silence 0
check "a kernel that panics and stays: exit 4" refuses 4 "Kernel panic" "$boot" --timeout 4 --append "rdinit=/kmod/lsmod panic=0"
check "a kernel that panics: exit 5" refuses 5 "the guest panicked" "$boot" --append rdinit=/kmod/lsmod
check "it shows the end of the console" said "Kernel panic"
check "QEMU is missing: exit 3" refuses 3 "qemu-system-x86_64 is not in PATH" without qemu-system-x86_64 "$boot"
check "an accelerator that QEMU does not know" refuses 3 "qemu-system-x86_64 failed" "$boot" --accel none

nothing_to_read() { "$boot" -a um --shell --timeout 5 < /dev/null; }
check "a prompt for nobody: exit 4" refuses 4 "nothing said exit within 5 s" nothing_to_read
exit_by_pipe() { { sleep 5; echo; echo exit; sleep 5; } | "$boot" -a um --shell; }
check "a prompt that a pipe uses: exit 0" exits 0 exit_by_pipe
check "a kernel that reports a bug: exit 1" refuses 1 "the kernel reported" "$boot" -a um --append 'x="BUG: planned"' hi_load_test
for late in "rcu: INFO: rcu_preempt self-detected stall on CPU" "INFO: NMI handler (x) took too long to run: 8.000 msecs"; do
	check "a kernel that says '$late'" exits 0 "$boot" -a um --append "x=\"$late\"" hi_load_test
done

# One that runs for longer than a minute looks like one that was killed, but for its lock.
"$SCRIPTS/build" -a um > /dev/null
mkdir "$CACHE/builds/$newest-um-modular/boot.longer"
touch -d "2 minutes ago" "$CACHE/builds/$newest-um-modular/boot.longer"
flock --no-fork "$CACHE/builds/$newest-um-modular/boot.longer" sleep 600 > /dev/null &
longer=$!
check "beside a boot that takes minutes" exits 0 "$boot" -a um hi_load_test
check "whose directory stays" test -d "$CACHE/builds/$newest-um-modular/boot.longer"
kill "$longer"
rm -r "$CACHE/builds/$newest-um-modular/boot.longer"

# The environment and the directories do not matter, and a machine without dpkg has all that is needed.
# shellcheck disable=SC2016
printf 'cd() { echo "now in $1"; builtin cd "$@"; }\nexport -f cd\n' > "$SCRATCH/bash-env"
for setting in SHELLOPTS=noglob:xtrace POSIXLY_CORRECT=1 BASH_ENV="$SCRATCH/bash-env" -uHOME TMPDIR=/nonexistent ARCH=x86; do
	check "with $setting" refuses 0 "0 failed" env "$setting" HI_CACHE="$CACHE" "$boot" hi_load_test
done
for output in "a b" "a,b"; do
	for arch in um x86_64; do
		check "$arch: --output '$output'" exits 0 "$boot" -a $arch --output "$SCRATCH/$output-$arch" hi_load_test
		check "$arch: it is there" grep -qx '### end' "$SCRATCH/$output-$arch/verdict.tap"
	done
done
check "--output in a directory that is not there: exit 3" refuses 3 "cannot write to $SCRATCH/none" "$boot" --output "$SCRATCH/none/x"
check "no dpkg, no apt: everything is found" exits 0 without '@(dpkg|apt)*' "$boot" -k "$newest" hi_load_test
check "no dpkg, no apt, -k TREE: everything is found" exits 0 \
	without '@(dpkg|apt)*' "$boot" -a um -k "$CACHE/trees/$newest" hi_load_test
rm -rf "$CACHE/builds/$newest-"????????-um-modular

# leaves_no_guest ARCH: boot is killed while its guest runs, whose output can be read until then
leaves_no_guest() {
	local build="$CACHE/builds/$newest-$1-modular" output="$SCRATCH/endless-$1" i
	mkdir -p "$SCRATCH/endless/tests"
	printf '#!/bin/sh\nwhile :; do :; done\n' > "$SCRATCH/endless/tests/endless"
	chmod +x "$SCRATCH/endless/tests/endless"
	"$boot" -a "$1" --overlay "$SCRATCH/endless" --output "$output/" > /dev/null 2>&1 &
	for (( i = 0; i < 300; i++ )); do
		! grep -qs endless "$output/verdict.tap" || break
		sleep 0.1
	done
	kill $!
	(( i < 300 )) || return
	for (( i = 0; i < 100; i++ )); do
		pgrep -f "$build/boot[.]" > /dev/null || [[ -L $output ]] || return 0
		sleep 0.1
	done
	pkill -f "$build/boot[.]"
	return 1
}
for arch in um x86_64; do
	check "$arch: a boot that is killed leaves no guest" leaves_no_guest $arch
done

# Tests that must not pass.
# guest_says LINE...: a guest whose only test prints these lines
guest_says() {
	mkdir -p "$SCRATCH/overlay/tests"
	{ echo '#!/bin/sh'; printf 'echo "%s"\n' "$@"; } > "$SCRATCH/overlay/tests/saying"
	chmod +x "$SCRATCH/overlay/tests/saying"
	"$boot" -a um --overlay "$SCRATCH/overlay"
}
check "a test that passes: exit 0" exits 0 guest_says 1..1 "ok 1 - good"
check "a failing test: exit 1" refuses 1 "not ok 2 - bad" guest_says 1..2 "ok 1 - good" "# it saw this" "not ok 2 - bad"
check "it says what was seen" said "it saw this"
check "a test that ends without its plan: exit 1" refuses 1 "1 passed, 1 failed" guest_says "ok 1 - good"
check "a test that ends too early: exit 1" refuses 1 "1 passed, 1 failed" guest_says 1..2 "ok 1 - good"
check "a test that checks nothing: exit 1" refuses 1 "0 passed, 1 failed" guest_says
mkdir -p "$SCRATCH/two/tests"
printf '#!/bin/sh\necho 1..1\necho "not ok 1 - first"\nexit 1\n' > "$SCRATCH/two/tests/1"
printf '#!/bin/sh\necho 1..1\necho "ok 1 - second"\n' > "$SCRATCH/two/tests/2"
chmod +x "$SCRATCH/two/tests"/*
check "after a test that failed, the next" refuses 1 "1 passed, 1 failed" "$boot" -a um --overlay "$SCRATCH/two"
check "with hi_stop=1 no other" refuses 1 "0 passed, 1 failed" "$boot" -a um --overlay "$SCRATCH/two" --append hi_stop=1
cp -r "$SCRIPTS" "$TOP/patches" "$TOP/series" "$SCRATCH/"
echo 'int main(void) { return 0 }' > "$SCRATCH/scripts/guest/init.c"
check "a program that cannot be built: exit 1" refuses 1 "could not be built" "$SCRATCH/scripts/boot"
tap_end
