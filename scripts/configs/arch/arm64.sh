# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# arm64: QEMU's virt machine.

arch_build_packages="gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
arch_boot_packages="qemu-system-arm"
arch_cross=aarch64-linux-gnu-
arch_image=arch/arm64/boot/Image
arch_machine=(qemu-system-aarch64 -M virt -cpu max)
arch_console=ttyAMA0
