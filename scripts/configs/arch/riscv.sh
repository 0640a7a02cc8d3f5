# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# riscv: QEMU's virt machine, with Debian's OpenSBI.

arch_build_packages="gcc-riscv64-linux-gnu libc6-dev-riscv64-cross"
arch_boot_packages="opensbi qemu-system-misc"
arch_cross=riscv64-linux-gnu-
arch_image=arch/riscv/boot/Image
arch_machine=(qemu-system-riscv64 -M virt)
arch_console=ttyS0
# Newer kernels would else take no FPU from what QEMU 7.2 says of its processor.
arch_words="riscv_isa_fallback"
