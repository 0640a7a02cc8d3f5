// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit forgets the file in /proc.
 *
 * Source: Der Herr Hofrat, "Embedded proc" (opentech.at, 2003): "A very nice way to get a system into
 * trouble is to forget removing a proc file in the cleanup_module of a kernel module."
 */

#include <linux/init.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static int bug_show(struct seq_file *file, void *data)
{
	seq_puts(file, "here\n");

	return 0;
}

static int __init bug_init(void)
{
	return proc_create_single("proc_left", 0400, NULL, bug_show) ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
#ifdef MENDED
	remove_proc_entry("proc_left", NULL);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module that leaves a file in /proc");
MODULE_LICENSE("GPL");
