// SPDX-License-Identifier: GPL-2.0-only
/* The report for people: a table of 80 columns, under the path of the file. */

#include <elfutils/libdwelf.h>
#include <inttypes.h>
#include <string.h>

#include "inspector.h"

#define NAME_WIDTH	42
#define OWNER_WIDTH	24

/* Append to @buf as much as fits; "..." at its end says that it did not. */
static void append(char *buf, size_t size, const char *text)
{
	size_t len = strlen(buf);

	if (len + strlen(text) < size) {
		strcpy(buf + len, text);
		return;
	}
	strncat(buf, text, size - len - 1);
	strcpy(buf + size - 4, "...");
}

static void print_function(FILE *out, const struct image *img,
			   const struct function *fn)
{
	const char *source = img->units[fn->unit].source;
	char name[NAME_WIDTH + 1] = "", owner[OWNER_WIDTH + 1] = "";

	append(name, sizeof(name), fn->names[0].name);
	for (size_t i = 1; i < fn->nr_names; i++) {
		append(name, sizeof(name), " = ");
		append(name, sizeof(name), fn->names[i].name);
	}

	switch (fn->evidence) {
	case EVIDENCE_MODULE:
	case EVIDENCE_INITCALL:
		append(owner, sizeof(owner), fn->module);
		break;
	case EVIDENCE_FILE:
	case EVIDENCE_BETWEEN:
		append(owner, sizeof(owner), fn->module);
		append(owner, sizeof(owner), " ");
		/* fallthrough */
	case EVIDENCE_SOURCE:
		append(owner, sizeof(owner), "(");
		append(owner, sizeof(owner), source);
		append(owner, sizeof(owner), ")");
		break;
	case EVIDENCE_NONE:
		append(owner, sizeof(owner), "?");
		break;
	}
	fprintf(out, "  %8" PRIu64 "  %-*s  %s\n", fn->size, NAME_WIDTH, name,
		owner);
}

static void print_section(FILE *out, const struct image *img, uint32_t index)
{
	const struct section *sec = &img->sections[index];
	char name[NAME_WIDTH + 1] = "";

	append(name, sizeof(name), sec->name);
	fprintf(out, "%-*s%10" PRIu64 " bytes  %s\n", NAME_WIDTH, name, sec->size,
		lifetime_name(sec->lifetime));
}

static void print_head(FILE *out, const struct image *img)
{
	const char *machine = dwelf_elf_e_machine_string(img->ehdr.e_machine);

	fprintf(out, "%s\n", img->path);
	if (img->kind == IMAGE_MODULE)
		fprintf(out, "module %s, %s", img->module,
			img->can_unload ? "mod_unload" : "no mod_unload");
	else
		fprintf(out, "vmlinux");
	fprintf(out, ", %s%s\n", machine ? machine : "unknown machine",
		img->is_um ? ", user mode" : "");
}

static bool has_phase(const struct image *img, enum phase phase)
{
	for (size_t i = 0; i < img->nr_functions; i++)
		if (img->sections[img->functions[i].section].phase == phase)
			return true;
	return false;
}

/**
 * table_print() - print an image for people
 * @out: stream
 * @img: with everything decided
 * @driver: the driver that was asked for, or NULL: then sections without a
 *	    function are left out
 */
void table_print(FILE *out, const struct image *img, const char *driver)
{
	size_t f = 0;

	print_head(out, img);
	for (size_t i = 0; i < img->nr_sections; i++) {
		if (driver && (f == img->nr_functions ||
			       img->functions[f].section != i))
			continue;
		print_section(out, img, i);
		for (; f < img->nr_functions && img->functions[f].section == i; f++)
			print_function(out, img, &img->functions[f]);
	}
	if (driver && !has_phase(img, PHASE_EXIT))
		fprintf(out, "No exit function of %s is in an exit section here.\n",
			driver);
	if (img->kind == IMAGE_VMLINUX)
		fputs("\n"
		      "Owner: MODULE         an initcall of MODULE names the function\n"
		      "       MODULE (FILE)  in the source file of that initcall\n"
		      "       (FILE)         base name of the source file, nothing more is known\n"
		      "       ?              nothing is known\n"
		      "A module's source files without an initcall are not known to be its.\n",
		      out);
}
