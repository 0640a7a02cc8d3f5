// SPDX-License-Identifier: GPL-2.0-only
/* The list for people: a table of 80 columns, under the path of the file. */

#include <elfutils/libdwelf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "../text.h"
#include "report.h"

#define NAME_WIDTH	34
#define OWNER_WIDTH	34

/* How many blanks fill it up. */
static int blanks(const struct field *field)
{
	return field->cut ? 0 : (int)(field->width - field->columns);
}

static void print_item(const struct image *img, const struct item *item)
{
	const struct source *source = &img->sources[item->source];
	struct field name, owner;

	field_begin(&name, NAME_WIDTH);
	field_begin(&owner, OWNER_WIDTH);
	if (item->kind == ITEM_ASSEMBLER)
		field_put(&name, "(asm) ");
	field_put(&name, item->names[0].name);
	for (size_t i = 1; i < item->nr_names; i++) {
		field_put(&name, " = ");
		field_put(&name, item->names[i].name);
	}

	if (item->module)
		field_put(&owner, item->module);
	if (item->module && source->path)
		field_put(&owner, " ");
	if (source->path && source->full) {
		field_put_path(&owner, source->path);
	} else if (source->path) {
		field_put(&owner, "(");
		field_put(&owner, source->path);
		field_put(&owner, ")");
	}
	if (!item->module && !source->path)
		field_put(&owner, "?");
	printf("%8" PRIu64 "  %s%*s  %s\n", item->size, name.text, blanks(&name), "", owner.text);
}

static void print_section(const struct section *sec)
{
	struct field name;

	field_begin(&name, NAME_WIDTH);
	field_put(&name, sec->name);
	printf("%s%*s%10" PRIu64 " bytes  %s\n", name.text, blanks(&name), "", sec->size,
	       lifetime_names[sec->lifetime]);
}

static void print_sections(const struct image *img, bool filtered)
{
	const struct item *item = img->items, *end = item + img->nr_items;

	for (size_t i = 0; i < img->nr_sections; i++) {
		const struct section *sec = &img->sections[i];

		if (!sec->wanted || (filtered && (item == end || item->section != i)))
			continue;
		print_section(sec);
		for (; item < end && item->section == i; item++)
			print_item(img, item);
		if (sec->unnamed && !filtered)
			printf("%8" PRIu64 "  (no symbol: alignment, literals)\n",
				sec->unnamed);
	}
}

static void print_visible(const char *s)
{
	char *visible = text_visible(s);

	fputs(visible, stdout);
	free(visible);
}

static void print_head(const struct image *img)
{
	const char *machine = dwelf_elf_e_machine_string(img->ehdr.e_machine);

	print_visible(img->path);
	putchar('\n');
	if (img->is_debug) {
		fputs("debug information of a module", stdout);
	} else if (img->kind == IMAGE_MODULE) {
		fputs("module ", stdout);
		print_visible(img->module);
		fputs(img->can_unload ? ", mod_unload" : ", no mod_unload", stdout);
	}
	if (img->kind != IMAGE_MODULE)
		fputs(img->kind == IMAGE_VMLINUX ? "vmlinux" : "object, not linked", stdout);
	printf(", %s%s\n", machine ? machine : "unknown machine",
		img->is_um ? ", user mode" : "");
}

static bool has_phase(const struct image *img, enum phase phase)
{
	for (size_t i = 0; i < img->nr_items; i++)
		if (img->sections[img->items[i].section].phase == phase &&
		    img->items[i].kind == ITEM_FUNCTION)
			return true;
	return false;
}

/* Says how many items have no known owner. */
static void print_unknown(const struct image *img)
{
	size_t nr[2] = { 0 };
	uint64_t bytes[2] = { 0 };

	for (size_t i = 0; i < img->nr_items; i++) {
		const struct item *item = &img->items[i];
		bool base = item->source && !img->sources[item->source].full;

		if (item->module || (item->source && !base))
			continue;
		nr[base]++;
		bytes[base] += item->size;
	}
	if (nr[0])
		printf("?: the owner of %zu items (%" PRIu64 " bytes) is not known.\n",
			nr[0], bytes[0]);
	if (nr[1])
		printf("(FILE): the directory of %zu items' source files (%" PRIu64
		       " bytes) is not known.\n", nr[1], bytes[1]);
}

static void print_image(const struct image *img, const struct filter *filter)
{
	bool filtered = filter_items(filter);

	print_head(img);
	print_sections(img, filtered);
	if (img->discarded)
		print_sections(img->discarded, filtered);
	if (filter->driver && !has_phase(img, PHASE_EXIT)) {
		fputs("No exit function of ", stdout);
		print_visible(filter->driver);
		puts(" is in an exit section here.");
	}
	print_unknown(img);
}

static void begin_json(const struct filter *filter)
{
	printf("{\"schema\":%d,\"filter\":", JSON_SCHEMA);
	list_json_filter(filter);
	puts(",\"files\":[");
}

int list_add(struct request *req, struct image *img)
{
	if (req->json) {
		if (req->answered)
			puts(",");
		else
			begin_json(&req->filter);
		about_read(img);
		list_json(img, filter_items(&req->filter));
	} else {
		if (req->answered)
			putchar('\n');
		print_image(img, &req->filter);
	}
	return 0;
}

void list_finish(struct request *req)
{
	if (req->json && req->answered)
		puts("\n]}");
}
