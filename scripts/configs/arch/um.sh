# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# um: the kernel is a process of this machine, and needs no QEMU.

arch_tools=true
arch_variants="modular forced nounload builtin nomodules debug"
arch_image=linux
arch_console=tty0
arch_verdict=ttyS0
arch_verdict_device=()
# What faults in memory of modules is tried again without end (segv() in arch/um/kernel/trap.c).
arch_faults=false
# It would start itself again.
arch_words="hi_end=poweroff"
