// SPDX-License-Identifier: GPL-2.0-only
/* When the memory of a section is given back. */

#include "inspector.h"

/*
 * What is behind _end was never reserved: .init.scratch, "it will be discarded and become
 * part of the available memory" (arch/x86/kernel/vmlinux.lds.S). PERCPU_VADDR in
 * include/asm-generic/vmlinux.lds.h links the first copy of per-CPU data to address 0, and
 * loads it into the init area.
 */
static bool is_apart(const struct image *img, const struct section *sec)
{
	return (img->end && sec->address >= img->end) ||
	       (!sec->address && equal(sec->name, ".data..percpu"));
}

/*
 * free_initmem() gives back what lies between __init_begin and __init_end
 * (init/main.c, include/linux/mm.h: free_initmem_default()); that of user mode
 * Linux is empty (arch/um/kernel/mem.c).
 */
static enum lifetime vmlinux_lifetime(const struct image *img,
				      const struct section *sec)
{
	if (img->is_um)
		return LIFETIME_KEPT;
	if ((sec->address >= img->init_begin &&
	     sec->address + sec->size <= img->init_end) || is_apart(img, sec))
		return LIFETIME_FREED_AT_BOOT;
	return LIFETIME_KEPT;
}

/*
 * module_init_layout_section() in kernel/module/main.c: without
 * CONFIG_MODULE_UNLOAD an exit section is laid out as an init section. 64-bit
 * powerpc has no init sections: module_init_section() in
 * arch/powerpc/kernel/module_64.c. What only CONFIG_MODULE_UNLOAD=y keeps is told
 * by the vermagic, which a separate debug file does not have. "Track but don't keep modinfo
 * and version sections": rewrite_section_headers() there.
 */
static enum lifetime module_lifetime(const struct image *img,
				     const struct section *sec)
{
	if (equal(sec->name, ".modinfo") || equal(sec->name, "__versions") ||
	    equal(sec->name, "__version_ext_crcs") || equal(sec->name, "__version_ext_names"))
		return LIFETIME_NOT_LOADED;
	switch (sec->phase) {
	case PHASE_INIT:
		return img->ehdr.e_machine == EM_PPC64 ? LIFETIME_KEPT :
							 LIFETIME_FREED_AFTER_INIT;
	case PHASE_EXIT:
		if (img->is_debug)
			return LIFETIME_UNKNOWN;
		return img->can_unload ? LIFETIME_KEPT_FOR_UNLOADING :
					 LIFETIME_FREED_AFTER_INIT;
	default:
		return LIFETIME_KEPT;
	}
}

/* Of an object only the linker's script says. */
static enum lifetime section_lifetime(const struct image *img,
				      const struct section *sec)
{
	switch (img->kind) {
	case IMAGE_VMLINUX:
		return vmlinux_lifetime(img, sec);
	case IMAGE_MODULE:
		return module_lifetime(img, sec);
	default:
		return LIFETIME_UNKNOWN;
	}
}

int lifetimes_decide(struct image *img)
{
	if (img->kind == IMAGE_VMLINUX &&
	    !(img->has_init_begin && img->has_init_end)) {
		complain(img->path, ".symtab", "there is no symbol %s",
			 img->has_init_begin ? "__init_end" : "__init_begin");
		return -1;
	}
	for (size_t i = 0; i < img->nr_sections; i++)
		img->sections[i].lifetime = section_lifetime(img, &img->sections[i]);
	return 0;
}
