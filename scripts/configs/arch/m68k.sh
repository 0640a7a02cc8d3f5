# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# m68k: QEMU's virt machine.

arch_build_packages="gcc-m68k-linux-gnu libc6-dev-m68k-cross"
arch_boot_packages="qemu-system-misc"
arch_cross=m68k-linux-gnu-
arch_image=vmlinux
arch_machine=(qemu-system-m68k -M virt)
arch_console=ttyGF0
# COMMAND_LINE_SIZE, without the zero at its end.
arch_words_max=255
