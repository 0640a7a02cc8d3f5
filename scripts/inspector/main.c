// SPDX-License-Identifier: GPL-2.0-only
/* Options, and the files that they name. */

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "ahead.h"
#include "audit.h"
#include "compare.h"
#include "files.h"
#include "inspector.h"
#include "kernel.h"
#include "running.h"
#include "sums.h"
#include "svg.h"

/* Of the JSON report; goes up when a field changes its meaning or goes away. */
#define JSON_SCHEMA 3

enum question {
	LIST,
	SUMS,
	COMPARE_TWO,
	AUDIT,
	KERNEL,
	RUNNING,
	PICTURE,
};

/**
 * struct request - what was asked for, and the answer so far
 * @question: one of them
 * @filter: which items
 * @json: for programs
 * @max_growth: bytes, -1: any
 * @answered: number of files answered
 * @found: a check failed
 * @sums: of all files
 * @rows: of all files
 * @kernel: that modules are held against
 * @root: of the machine that runs
 * @picture: file to be written
 */
struct request {
	enum question question;
	struct filter filter;
	bool json;
	int64_t max_growth;
	size_t answered;
	bool found;
	struct sums sums;
	struct rows rows;
	struct kernel kernel;
	const char *root;
	const char *picture;
};

static const char help[] =
"Usage: sections [OPTION]... FILE...\n"
"\n"
"Says what lies in the init and exit sections of a vmlinux, a module or an object\n"
"(also packed by gzip, xz or zstd, and separate debug files), whose it is, and\n"
"when its memory is given back. Of a directory all modules in it are looked at.\n"
"\n"
"Questions (without any: list each function and object)\n"
"  -b, --by WHAT           sum up by source, directory or module\n"
"  -c, --compare           what moved, grew, came and went from FILE A to FILE B\n"
"  -g, --max-growth BYTES  with --compare: fail if B has more than that above A\n"
"  -a, --audit             modules that cannot be unloaded, routines whose memory\n"
"                          is not given back; fails if there are any\n"
"  -k, --kernel VMLINUX    will this kernel find the modules' routines? fails if\n"
"                          not; /sys/kernel/btf/vmlinux is the running one\n"
"  -r, --running           the modules loaded now, and why some are permanent\n"
"      --root DIRECTORY    with --running: of the machine whose /proc, /sys and\n"
"                          /lib are there\n"
"\n"
"Only\n"
"  -s, --section NAME      these sections, init and exit ones or not (a pattern)\n"
"  -o, --owner PATH        what comes from a source file or directory (a pattern)\n"
"  -d, --driver NAME       what is of this module\n"
"\n"
"Output\n"
"      --svg PICTURE       draw FILE: what is kept, what is given back, and with\n"
"                          --driver or --owner where that is in it\n"
"  -j, --json              for programs\n"
"  -h, --help              this text\n"
"\n"
"Exit codes: 0 good; 1 a check failed; 2 wrong usage or input; 3 something is\n"
"missing on this machine.\n";

static void list(struct request *req, const struct image *img)
{
	json_object *obj;

	if (!req->json) {
		if (req->answered)
			putchar('\n');
		table_print(stdout, img, &req->filter);
		return;
	}
	obj = json_image(img);
	if (req->answered)
		puts(",");
	else
		printf("{\"schema\":%d,\"files\":[\n", JSON_SCHEMA);
	fputs(json_object_to_json_string_ext(obj, JSON_C_TO_STRING_NOSLASHESCAPE), stdout);
	json_object_put(obj);
}

static int inspect(const char *path, void *arg)
{
	struct request *req = arg;
	struct image img;
	bool good = true;
	int ret;

	ret = image_read(&img, path, &req->filter);
	if (!ret) {
		switch (req->question) {
		case LIST:
			list(req, &img);
			break;
		case SUMS:
			sums_add(&req->sums, &img, &req->filter);
			break;
		case AUDIT:
			ret = audit_image(&req->rows, &img);
			break;
		case KERNEL:
			ret = kernel_image(&req->rows, &req->kernel, &img, &good);
			break;
		case PICTURE:
			ret = svg_write(req->picture, &img, &req->filter);
			break;
		case COMPARE_TWO:
		case RUNNING:
			break;
		}
	}
	if (!ret)
		req->answered++;
	if (!good)
		req->found = true;
	image_close(&img);
	return ret;
}

static json_object *new_report(void)
{
	json_object *report = json_object_new_object();

	json_object_object_add(report, "schema", json_object_new_int(JSON_SCHEMA));
	return report;
}

static void print_report(json_object *report)
{
	puts(json_object_to_json_string_ext(report, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(report);
}

/* @nothing: printed where there are no rows */
static void print_rows(const struct request *req, const char *name,
		       const struct rows *rows, const char *nothing)
{
	json_object *report;

	if (req->json) {
		report = new_report();
		json_object_object_add(report, name, rows_json(rows));
		print_report(report);
	} else if (rows->nr) {
		rows_print(stdout, rows);
	} else {
		puts(nothing);
	}
}

static void print_comparison(const struct request *req, const struct comparison *cmp)
{
	json_object *report;

	if (req->json) {
		report = new_report();
		json_object_object_add(report, "changes", rows_json(&cmp->changes));
		json_object_object_add(report, "lifetimes", rows_json(&cmp->lifetimes));
		json_object_object_add(report, "given_back", rows_json(&cmp->gains));
		json_object_object_add(report, "growth", json_object_new_int64(cmp->growth));
		print_report(report);
		return;
	}
	if (cmp->changes.nr)
		rows_print(stdout, &cmp->changes);
	else
		puts("No item moved, grew, came or went.");
	putchar('\n');
	rows_print(stdout, &cmp->lifetimes);
	putchar('\n');
	rows_print(stdout, &cmp->gains);
}

/* Beside a vmlinux a module is compared with itself built in. */
static int read_two(struct request *req, char **paths, struct image *a, struct image *b,
		    struct filter *filter)
{
	int ret = image_read(a, paths[0], &req->filter);

	*filter = req->filter;
	if (!ret && a->kind == IMAGE_MODULE && !filter->driver)
		filter->driver = a->module;
	*b = (struct image){ .fd = -1 };
	return ret || image_read(b, paths[1], filter) ? -1 : 0;
}

static int compare_files(struct request *req, char **paths)
{
	struct comparison cmp;
	struct filter filter;
	struct image a, b;
	int ret;

	ret = read_two(req, paths, &a, &b, &filter);
	if (!ret) {
		compare_images(&a, &b, filter_items(&filter), &cmp);
		print_comparison(req, &cmp);
		if (req->max_growth >= 0 && cmp.growth > req->max_growth) {
			fprintf(stderr, "sections: %s: grew by %" PRId64 " bytes, %" PRId64
				" are allowed\n", paths[1], cmp.growth, req->max_growth);
			req->found = true;
		}
		comparison_free(&cmp);
	}
	image_close(&a);
	image_close(&b);
	return ret;
}

static void finish(struct request *req)
{
	struct rows sums;

	switch (req->question) {
	case LIST:
		if (req->json)
			puts("\n]}");
		break;
	case SUMS:
		sums_rows(&req->sums, &sums);
		print_rows(req, "sums", &sums, "");
		rows_free(&sums);
		break;
	case AUDIT:
		print_rows(req, "findings", &req->rows, "Nothing found.");
		req->found = req->rows.nr;
		break;
	case KERNEL:
		print_rows(req, "modules", &req->rows, "");
		if (req->found && !req->json)
			puts("\nBuild such a module again, with that kernel's headers and configuration:\n"
			     "make -C /lib/modules/RELEASE/build M=DIRECTORY modules");
		break;
	case RUNNING:
		print_rows(req, "running", &req->rows, "No module is loaded.");
		break;
	case PICTURE:
	case COMPARE_TWO:
		break;
	}
}

static void usage_error(const char *fmt, const char *word)
{
	fputs("sections: ", stderr);
	fprintf(stderr, fmt, word);
	fputs("\nTry 'sections --help'.\n", stderr);
	exit(EXIT_INPUT);
}

static void ask(struct request *req, enum question question)
{
	if (req->question != LIST && req->question != question)
		usage_error("only one %s at a time", "question");
	req->question = question;
}

static int64_t parse_bytes(const char *word)
{
	char *end;
	long long bytes = strtoll(word, &end, 10);

	if (!*word || *end || bytes < 0)
		usage_error("--max-growth needs a number of bytes, not '%s'", word);
	return bytes;
}

static void parse_option(struct request *req, int opt)
{
	switch (opt) {
	case 'b':
		ask(req, SUMS);
		req->sums.by = sums_by_parse(optarg);
		if (!req->sums.by)
			usage_error("--by source, directory or module, not '%s'", optarg);
		break;
	case 'c':
		ask(req, COMPARE_TWO);
		break;
	case 'g':
		req->max_growth = parse_bytes(optarg);
		break;
	case 'a':
		ask(req, AUDIT);
		break;
	case 'k':
		ask(req, KERNEL);
		req->kernel.path = optarg;
		break;
	case 'r':
		ask(req, RUNNING);
		break;
	case 'S':
		ask(req, PICTURE);
		req->picture = optarg;
		break;
	case 'R':
		req->root = optarg;
		break;
	case 's':
		req->filter.section = optarg;
		break;
	case 'o':
		req->filter.owner = optarg;
		break;
	case 'd':
		req->filter.driver = optarg;
		break;
	case 'j':
		req->json = true;
		break;
	case 'h':
		fputs(help, stdout);
		exit(EXIT_GOOD);
	default:
		fputs("Try 'sections --help'.\n", stderr);
		exit(EXIT_INPUT);
	}
}

/* Words that say nothing together are refused, not passed over. */
static void check_usage(const struct request *req, int nr_files)
{
	const struct filter *filter = &req->filter;

	if (req->question == RUNNING ? nr_files : !nr_files)
		usage_error(nr_files ? "--running takes no %s" : "no %s given", "file");
	if (*req->root && req->question != RUNNING)
		usage_error("--root goes with %s", "--running");
	if (req->question == COMPARE_TWO && nr_files != 2)
		usage_error("--compare needs %s files", "two");
	if (req->question == PICTURE && (nr_files != 1 || req->json))
		usage_error("--svg draws %s file, and says nothing", "one");
	if (req->max_growth >= 0 && req->question != COMPARE_TWO)
		usage_error("--max-growth goes with %s", "--compare");
	if ((req->question == AUDIT || req->question == KERNEL || req->question == RUNNING) &&
	    (filter->section || filter->owner || filter->driver))
		usage_error("--audit, --kernel and --running are about %s modules", "whole");
}

static int inspect_all(struct request *req, int nr_files, char **paths)
{
	struct files files = { 0 };
	int ret;

	for (int i = 0; i < nr_files; i++)
		files_add(&files, paths[i]);
	ahead_begin(&files);
	ret = files_each(&files, inspect, req);
	ahead_end();
	files_free(&files);
	return ret;
}

static enum exit_code answer(struct request *req, int nr_files, char **paths)
{
	enum exit_code ret = EXIT_GOOD;

	if (req->question == RUNNING) {
		ret = running_report(&req->rows, req->root);
		if (!ret)
			finish(req);
		return ret;
	}
	if (req->question == AUDIT)
		audit_begin(&req->rows);
	if (req->question == KERNEL) {
		kernel_begin(&req->rows);
		if (kernel_open(&req->kernel, req->kernel.path))
			return EXIT_INPUT;
	}
	if (req->question == COMPARE_TWO)
		return compare_files(req, paths) ? EXIT_INPUT : EXIT_GOOD;
	if (inspect_all(req, nr_files, paths))
		ret = EXIT_INPUT;
	if (req->answered)
		finish(req);
	return ret;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "by", required_argument, NULL, 'b' },
		{ "compare", no_argument, NULL, 'c' },
		{ "max-growth", required_argument, NULL, 'g' },
		{ "audit", no_argument, NULL, 'a' },
		{ "kernel", required_argument, NULL, 'k' },
		{ "running", no_argument, NULL, 'r' },
		{ "root", required_argument, NULL, 'R' },
		{ "svg", required_argument, NULL, 'S' },
		{ "section", required_argument, NULL, 's' },
		{ "owner", required_argument, NULL, 'o' },
		{ "driver", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct request req = { .max_growth = -1, .kernel.img.fd = -1, .root = "" };
	enum exit_code ret;
	int opt;

	argv[0] = "sections";
	while ((opt = getopt_long(argc, argv, "b:cg:ak:rs:o:d:jh", options, NULL)) != -1)
		parse_option(&req, opt);
	check_usage(&req, argc - optind);

	elf_version(EV_CURRENT);
	ret = answer(&req, argc - optind, argv + optind);
	sums_free(&req.sums);
	rows_free(&req.rows);
	kernel_close(&req.kernel);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "sections: standard output: %s\n", strerror(errno));
		return EXIT_MACHINE;
	}
	if (ret)
		return ret;
	return req.found ? EXIT_FOUND : EXIT_GOOD;
}
