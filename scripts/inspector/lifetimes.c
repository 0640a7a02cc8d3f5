// SPDX-License-Identifier: GPL-2.0-only
/* When the memory of a section is given back. */

#include "inspector.h"

/*
 * free_initmem() gives back what lies between __init_begin and __init_end
 * (init/main.c, include/linux/mm.h: free_initmem_default()); that of user mode
 * Linux is empty (arch/um/kernel/mem.c).
 */
static enum lifetime vmlinux_lifetime(const struct image *img,
				      const struct section *sec)
{
	if (!img->is_um && sec->address >= img->init_begin &&
	    sec->address + sec->size <= img->init_end)
		return LIFETIME_FREED_AT_BOOT;
	return LIFETIME_KEPT;
}

/*
 * module_init_layout_section() in kernel/module/main.c: without
 * CONFIG_MODULE_UNLOAD an exit section is laid out as an init section. 64-bit
 * powerpc has no init sections: module_init_section() in
 * arch/powerpc/kernel/module_64.c.
 */
static enum lifetime module_lifetime(const struct image *img,
				     const struct section *sec)
{
	if (sec->phase == PHASE_EXIT && img->can_unload)
		return LIFETIME_KEPT_FOR_UNLOADING;
	if (sec->phase == PHASE_INIT && img->ehdr.e_machine == EM_PPC64)
		return LIFETIME_KEPT;
	return LIFETIME_FREED_AFTER_INIT;
}

/**
 * lifetimes_decide() - set the lifetime of each section
 * @img: with its symbols read
 *
 * Return: 0, or -1 after a message.
 */
int lifetimes_decide(struct image *img)
{
	if (img->kind == IMAGE_VMLINUX &&
	    !(img->has_init_begin && img->has_init_end)) {
		complain(img->path, ".symtab", "no symbol %s",
			 img->has_init_begin ? "__init_end" : "__init_begin");
		return -1;
	}
	for (size_t i = 0; i < img->nr_sections; i++) {
		struct section *sec = &img->sections[i];

		sec->lifetime = img->kind == IMAGE_VMLINUX ?
				vmlinux_lifetime(img, sec) :
				module_lifetime(img, sec);
	}
	return 0;
}
