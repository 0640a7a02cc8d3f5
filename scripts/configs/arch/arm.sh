# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# arm: QEMU's virt machine.

arch_build_packages="gcc-arm-linux-gnueabihf libc6-dev-armhf-cross"
arch_boot_packages="qemu-system-arm"
arch_cross=arm-linux-gnueabihf-
arch_image=arch/arm/boot/zImage
arch_machine=(qemu-system-arm -M virt -cpu max)
arch_console=ttyAMA0
