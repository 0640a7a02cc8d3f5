# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# x86_64: QEMU's pc machine, with a firmware that does nothing but start the kernel.

arch_boot_packages="qemu-system-x86"
arch_tools=true
arch_variants="modular forced nounload builtin nomodules debug"
arch_image=arch/x86/boot/bzImage
# Without what copies by rep movsb: one byte at a time, where each instruction is emulated.
arch_machine=(qemu-system-x86_64 -cpu "max,-erms,-fsrm" -bios qboot.rom)
arch_console=ttyS0
arch_verdict=ttyS1
arch_verdict_device=(-serial chardev:verdict)
# A guest that had to wait for a processor is no broken timer.
arch_words="reboot=t no_timer_check"
