// SPDX-License-Identifier: GPL-2.0-only
/*
 * --svg: an image to scale, what of it is kept and what is given back; below, each
 * section that was asked for at its full width, with a driver's items marked.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

#define WIDTH		960
#define MARGIN		24
#define BAR_WIDTH	(WIDTH - 2 * MARGIN)
#define BAR_HEIGHT	36
#define LINE		16
#define LETTER		7	/* about as wide as one is: what does not fit has no name */
#define LABELS_MAX	12	/* more marked items of a section are only counted */

/* Told apart in grey too: the darker, the longer it is kept. */
static const char * const colours[NR_LIFETIMES] = {
	[LIFETIME_KEPT]			= "#34495e",
	[LIFETIME_KEPT_FOR_UNLOADING]	= "#2874a6",
	[LIFETIME_FREED_AT_BOOT]	= "#7dcea0",
	[LIFETIME_FREED_AFTER_INIT]	= "#7dcea0",
	[LIFETIME_NOT_LOADED]		= "#f5cba7",
	[LIFETIME_DISCARDED]		= "#f5cba7",
	[LIFETIME_UNKNOWN]		= "#d5d8dc",
};

static bool is_dark(enum lifetime lifetime)
{
	return lifetime == LIFETIME_KEPT || lifetime == LIFETIME_KEPT_FOR_UNLOADING;
}

static const char mark_colour[] = "#c0392b";

static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		default:
			/* What XML does not allow, a hostile name can have. */
			fputc((unsigned char)*text < ' ' || (unsigned char)*text > '~' ?
			      '?' : *text, out);
		}
	}
}

static void print_text(FILE *out, double x, int y, const char *colour, const char *text)
{
	fprintf(out, "<text x=\"%.1f\" y=\"%d\" fill=\"%s\">", x, y, colour);
	print_escaped(out, text);
	fputs("</text>\n", out);
}

static void print_box(FILE *out, double x, int y, double width, int height,
		      const char *colour, const char *title)
{
	fprintf(out, "<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" fill=\"%s\""
		" stroke=\"#fff\" stroke-width=\"%s\"><title>", x, y, width, height, colour,
		width > 4 ? "0.5" : "0");
	print_escaped(out, title);
	fputs("</title></rect>\n", out);
}

static int compare_sections(const void *pa, const void *pb)
{
	const struct section * const *a = pa, * const *b = pb;
	int ret = COMPARE((*a)->address, (*b)->address);

	return ret ? ret : COMPARE((*a)->index, (*b)->index);
}

/* All sections as they lie in memory; what the linker left out at the end. */
static size_t collect(const struct image *img, const struct section **sections)
{
	size_t nr = 0;

	for (size_t i = 0; i < img->nr_sections; i++)
		if (img->sections[i].size)
			sections[nr++] = &img->sections[i];
	if (img->kind == IMAGE_VMLINUX)
		qsort(sections, nr, sizeof(*sections), compare_sections);
	for (size_t i = 0; img->discarded && i < img->discarded->nr_sections; i++)
		if (img->discarded->sections[i].wanted && img->discarded->sections[i].size)
			sections[nr++] = &img->discarded->sections[i];
	return nr;
}

static int print_whole(FILE *out, const struct image *img, int y)
{
	size_t space = img->nr_sections + (img->discarded ? img->discarded->nr_sections : 0);
	const struct section **sections = must_alloc(space, sizeof(*sections));
	size_t nr = collect(img, sections);
	double x = MARGIN, total = 0;

	for (size_t i = 0; i < nr; i++)
		total += sections[i]->size;
	for (size_t i = 0; i < nr; i++) {
		const struct section *sec = sections[i];
		double width = sec->size / total * BAR_WIDTH;
		char *title = must_printf("%s: %" PRIu64 " bytes, %s", sec->name, sec->size,
					  lifetime_names[sec->lifetime]);

		print_box(out, x, y, width, BAR_HEIGHT, colours[sec->lifetime], title);
		if (width > (strlen(sec->name) + 2) * LETTER)
			print_text(out, x + 4, y + BAR_HEIGHT / 2 + 4,
				   is_dark(sec->lifetime) ? "#fff" : "#000", sec->name);
		free(title);
		x += width;
	}
	free(sections);
	return y + BAR_HEIGHT + LINE;
}

static void add_sizes(const struct image *img, uint64_t *sizes)
{
	for (size_t i = 0; i < img->nr_sections; i++)
		sizes[img->sections[i].lifetime] += img->sections[i].size;
}

static int print_legend(FILE *out, const struct image *img, int y)
{
	uint64_t sizes[NR_LIFETIMES] = { 0 };

	add_sizes(img, sizes);
	for (size_t i = 0; img->discarded && i < img->discarded->nr_sections; i++)
		if (img->discarded->sections[i].wanted)
			sizes[LIFETIME_DISCARDED] += img->discarded->sections[i].size;
	for (size_t i = 0; i < NR_LIFETIMES; i++) {
		char *text;

		if (!sizes[i])
			continue;
		text = must_printf("%s: %" PRIu64 " bytes", lifetime_names[i], sizes[i]);
		print_box(out, MARGIN, y, 12, 12, colours[i], text);
		print_text(out, MARGIN + 20, y + 11, "#000", text);
		free(text);
		y += LINE + 4;
	}
	return y + LINE;
}

/* An item of a section, and where it is drawn. */
struct mark {
	const struct item *item;
	double x;
	double width;
};

static int compare_marks_size(const void *pa, const void *pb)
{
	const struct mark *a = pa, *b = pb;

	return COMPARE(b->item->size, a->item->size);
}

static int compare_marks_place(const void *pa, const void *pb)
{
	const struct mark *a = pa, *b = pb;

	return COMPARE(a->x, b->x);
}

/* The items that are left are those that were asked for. */
static struct mark *find_marks(const struct image *img, uint32_t section, size_t *nr)
{
	const struct section *sec = &img->sections[section];
	struct mark *marks = must_alloc(img->nr_items, sizeof(*marks));

	*nr = 0;
	for (size_t i = 0; i < img->nr_items; i++) {
		const struct item *item = &img->items[i];
		double offset = item->address - item->padding - sec->address;

		if (item->section == section && item->size)
			marks[(*nr)++] = (struct mark){
				item, MARGIN + offset / sec->size * BAR_WIDTH,
				(double)item->size / sec->size * BAR_WIDTH
			};
	}
	return marks;
}

/*
 * A label's line goes down from its mark, and then to the emptier side of the picture. The
 * longer a way to that side, the deeper the label: no line crosses another's text.
 */
static void print_label(FILE *out, const struct mark *mark, int bottom, size_t row,
			bool to_left)
{
	char *text = must_printf("%s: %" PRIu64 " bytes", mark->item->names->name,
				 mark->item->size);
	int y = bottom + (int)(row + 1) * LINE;
	double x = mark->x + (mark->width < 1 ? .5 : mark->width / 2);

	fprintf(out, "<path d=\"M%.1f %dV%dh%d\" fill=\"none\" stroke=\"%s\"/>\n", x, bottom,
		y - 4, to_left ? -5 : 5, mark_colour);
	fprintf(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">", x + (to_left ? -7 : 7), y,
		to_left ? "end" : "start");
	print_escaped(out, text);
	fputs("</text>\n", out);
	free(text);
}

/* The largest have labels. */
static int print_labels(FILE *out, struct mark *marks, size_t nr, int y)
{
	size_t shown = nr < LABELS_MAX ? nr : LABELS_MAX;
	double middle = 0;
	bool to_left;

	qsort(marks, nr, sizeof(*marks), compare_marks_size);
	qsort(marks, shown, sizeof(*marks), compare_marks_place);
	for (size_t i = 0; i < shown; i++)
		middle += marks[i].x / shown;
	to_left = middle > WIDTH / 2.0;
	for (size_t i = 0; i < shown; i++)
		print_label(out, &marks[i], y, to_left ? i : shown - 1 - i, to_left);
	y += (int)shown * LINE;
	if (nr > shown) {
		char *more = must_printf("and %zu smaller ones", nr - shown);

		y += LINE;
		print_text(out, MARGIN, y, "#000", more);
		free(more);
	}
	return y;
}

static int print_marks(FILE *out, const struct image *img, uint32_t section, int y)
{
	size_t nr;
	struct mark *marks = find_marks(img, section, &nr);

	for (size_t i = 0; i < nr; i++)
		print_box(out, marks[i].x, y, marks[i].width < 1 ? 1 : marks[i].width,
			  BAR_HEIGHT, mark_colour, marks[i].item->names->name);
	y += BAR_HEIGHT;
	if (nr)
		y = print_labels(out, marks, nr, y);
	free(marks);
	return y;
}

static int print_sections(FILE *out, const struct image *img, bool filtered, int y)
{
	for (size_t i = 0; i < img->nr_sections; i++) {
		const struct section *sec = &img->sections[i];
		char *text;

		if (!sec->wanted || !sec->size)
			continue;
		text = must_printf("%s: %" PRIu64 " bytes, %s", sec->name, sec->size,
				   lifetime_names[sec->lifetime]);
		print_text(out, MARGIN, y, "#000", text);
		y += 6;
		print_box(out, MARGIN, y, BAR_WIDTH, BAR_HEIGHT, colours[sec->lifetime], text);
		free(text);
		y = filtered ? print_marks(out, img, i, y) : y + BAR_HEIGHT;
		y += 2 * LINE;
	}
	return y;
}

/* Returns the height of it all. */
static int print_all(FILE *out, const struct image *img, const struct filter *filter)
{
	bool filtered = filter_items(filter);
	int y = MARGIN + LINE;

	print_text(out, MARGIN, y, "#000", base_name(img->path));
	if (filter->driver) {
		char *text = must_printf("in red: %s", filter->driver);

		print_text(out, MARGIN + BAR_WIDTH - 160, y, mark_colour, text);
		free(text);
	}
	y = print_whole(out, img, y + LINE);
	y = print_legend(out, img, y);
	y = print_sections(out, img, filtered, y);
	if (img->discarded)
		y = print_sections(out, img->discarded, filtered, y);
	fputs("</svg>\n", out);
	return y;
}

int svg_add(struct request *req, struct image *img)
{
	char *body = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&body, &size);
	int height = out ? print_all(out, img, &req->filter) : 0;

	if (!out || fclose(out)) {
		complain(req->argument, NULL, "%s", strerror(errno));
		return -1;
	}
	req->state = must_printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\""
				 " height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
				 "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n%s",
				 WIDTH, height, body);
	free(body);
	return 0;
}

void svg_finish(struct request *req)
{
	if (req->answered)
		req->status = output_write(req->argument, req->state);
	free(req->state);
}
