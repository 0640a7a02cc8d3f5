// SPDX-License-Identifier: GPL-2.0-only
/* struct module of a kernel: by its BTF, or by its debug information. */

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"

static void note_member(struct layout *layout, const char *name, int64_t offset)
{
	if (!name)
		return;
	if (!strcmp(name, "name"))
		layout->name = offset;
	else if (!strcmp(name, "init"))
		layout->init = offset;
	else if (!strcmp(name, "exit"))
		layout->exit = offset;
}

static bool is_complete(const struct layout *layout)
{
	return layout->size > 0 && layout->name >= 0 && layout->init >= 0;
}

static bool by_btf(struct layout *layout, const char *path)
{
	struct btf *btf = btf__parse(path, NULL);
	const struct btf_member *member;
	const struct btf_type *type;
	int id;

	if (!btf)
		return false;
	id = btf__find_by_name_kind(btf, "module", BTF_KIND_STRUCT);
	if (id > 0) {
		type = btf__type_by_id(btf, id);
		member = btf_members(type);
		layout->size = type->size;
		for (int i = 0; i < btf_vlen(type); i++, member++)
			note_member(layout, btf__name_by_offset(btf, member->name_off),
				    btf_member_bit_offset(type, i) / 8);
	}
	btf__free(btf);
	return is_complete(layout);
}

static void read_struct(struct layout *layout, Dwarf_Die *type)
{
	Dwarf_Attribute attr;
	Dwarf_Word offset;
	Dwarf_Die member;

	layout->size = dwarf_bytesize(type);
	if (dwarf_child(type, &member))
		return;
	do {
		if (!dwarf_formudata(dwarf_attr(&member, DW_AT_data_member_location, &attr),
				     &offset))
			note_member(layout, dwarf_diename(&member), offset);
	} while (!dwarf_siblingof(&member, &member));
}

/* The first unit that has it whole: init/main.c, the first of all, mostly. */
static bool by_units(struct layout *layout, Dwarf *dwarf)
{
	Dwarf_Die unit, die;
	Dwarf_CU *cu = NULL;

	while (!dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &unit, NULL)) {
		if (dwarf_child(&unit, &die))
			continue;
		do {
			const char *name = dwarf_diename(&die);

			if (dwarf_tag(&die) != DW_TAG_structure_type || !name ||
			    strcmp(name, "module") ||
			    dwarf_hasattr(&die, DW_AT_declaration))
				continue;
			read_struct(layout, &die);
			if (is_complete(layout))
				return true;
		} while (!dwarf_siblingof(&die, &die));
	}
	return false;
}

static bool by_dwarf(struct layout *layout, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Dwarf *dwarf = fd < 0 ? NULL : dwarf_begin(fd, DWARF_C_READ);
	bool found = dwarf && by_units(layout, dwarf);

	dwarf_end(dwarf);
	if (fd >= 0)
		close(fd);
	return found;
}

static int silent(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

/* @path: a vmlinux with BTF or debug information, or BTF alone: /sys/kernel/btf/vmlinux */
int layout_read(struct layout *layout, const char *path)
{
	const struct layout none = { 0, -1, -1, -1 };

	libbpf_set_print(silent);
	*layout = none;
	if (by_btf(layout, path))
		return 0;
	*layout = none;
	if (by_dwarf(layout, path))
		return 0;
	complain(path, NULL, "neither BTF nor debug information describes struct module");
	return -1;
}
