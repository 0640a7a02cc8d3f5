// SPDX-License-Identifier: GPL-2.0-only
/*
 * modules.builtin.ranges beside a vmlinux: which module has which addresses.
 * scripts/generate_builtin_ranges.awk writes it if CONFIG_BUILTIN_MODULE_RANGES is set:
 *
 *   .init.text 00000000-00000000 = _sinittext	the section, from this symbol on
 *   .init.text 00001d20-00001e6b hi		offsets, and the module
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "evidence.h"

/* Index of a section, or -1 */
static int find_section(const struct image *img, const char *name)
{
	for (size_t i = 0; i < img->nr_sections; i++)
		if (!strcmp(img->sections[i].name, name))
			return i;
	return -1;
}

static int compare_ranges(const void *pa, const void *pb)
{
	const struct range *a = pa, *b = pb;
	int ret = COMPARE(a->section, b->section);

	return ret ? ret : COMPARE(a->start, b->start);
}

/* An object in several modules is nobody's alone. */
static int parse_line(struct image *img, char *line, struct range *range)
{
	char *name = strtok(line, " "), *extent = strtok(NULL, " ");
	char *module = strtok(NULL, " "), *more = strtok(NULL, " ");
	int section, len;

	if (!module || sscanf(extent, "%" SCNx64 "-%" SCNx64 "%n", &range->start,
			      &range->end, &len) != 2 || extent[len])
		return -1;
	section = find_section(img, name);
	if (!strcmp(module, "=") || more || section < 0)
		return 0;
	range->section = section;
	range->module = module;
	return 1;
}

int ranges_gather(struct image *img)
{
	char *path = image_own(img, beside(img->path, "modules.builtin.ranges"));
	char *text = read_text(path), *line, *rest;
	size_t number = 0, lines = 0;

	if (!text && errno == ENOENT)
		return 0;
	if (!text) {
		complain(path, NULL, "%s", strerror(errno));
		return -1;
	}
	image_own(img, text);
	for (line = text; *line; line++)
		lines += *line == '\n';
	img->ranges = must_alloc(lines + 1, sizeof(*img->ranges));
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		int ret = parse_line(img, line, &img->ranges[img->nr_ranges]);

		number++;
		if (ret < 0) {
			complain(path, NULL, "line %zu is not SECTION START-END MODULE",
				 number);
			return -1;
		}
		img->nr_ranges += ret;
	}
	qsort(img->ranges, img->nr_ranges, sizeof(*img->ranges), compare_ranges);
	return 0;
}

/* The module of an address, or NULL. */
const char *ranges_module(const struct image *img, uint32_t section,
			  uint64_t address)
{
	uint64_t offset = address - img->sections[section].address;
	size_t low = 0, high = img->nr_ranges;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct range *range = &img->ranges[mid];

		if (range->section < section ||
		    (range->section == section && range->start <= offset))
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || img->ranges[low - 1].section != section ||
	    offset >= img->ranges[low - 1].end)
		return NULL;
	return img->ranges[low - 1].module;
}
