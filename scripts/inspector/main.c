// SPDX-License-Identifier: GPL-2.0-only
/* Options, and the files that they name. */

#include <errno.h>
#include <getopt.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "inspector.h"
#include "sums.h"

/* Of the JSON report; goes up when a field changes its meaning or goes away. */
#define JSON_SCHEMA 2

enum question {
	LIST,
	SUMS,
};

/**
 * struct request - what was asked for, and the answer so far
 * @question: one of them
 * @filter: which items
 * @json: for programs
 * @answered: number of files answered
 * @sums: of all files
 */
struct request {
	enum question question;
	struct filter filter;
	bool json;
	size_t answered;
	struct sums sums;
};

static const char help[] =
"Usage: sections [OPTION]... FILE...\n"
"\n"
"Says what lies in the init and exit sections of a vmlinux, a module or an object\n"
"(also packed by gzip, xz or zstd, and separate debug files), whose it is, and\n"
"when its memory is given back. Of a directory all modules in it are looked at.\n"
"\n"
"Questions (without any: list each function and object)\n"
"  -b, --by WHAT         sum up by source, directory or module\n"
"\n"
"Only\n"
"  -s, --section NAME    these sections, init and exit ones or not (a pattern)\n"
"  -o, --owner PATH      what comes from this source file or directory (a pattern)\n"
"  -d, --driver NAME     what is of this module\n"
"\n"
"Output\n"
"  -j, --json            for programs\n"
"  -h, --help            this text\n"
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
	printf(req->answered ? ",\n" : "{\"schema\":%d,\"files\":[\n", JSON_SCHEMA);
	puts(json_object_to_json_string_ext(obj, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
}

static int inspect(const char *path, void *arg)
{
	struct request *req = arg;
	struct image img;
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
		}
		req->answered++;
	}
	image_close(&img);
	return ret;
}

static void print_rows(const struct request *req, const char *name, struct rows *rows)
{
	if (req->json) {
		json_object *report = json_object_new_object();

		json_object_object_add(report, "schema", json_object_new_int(JSON_SCHEMA));
		json_object_object_add(report, name, rows_json(rows));
		puts(json_object_to_json_string_ext(report, JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(report);
	} else {
		rows_print(stdout, rows);
	}
	rows_free(rows);
}

static void finish(struct request *req)
{
	struct rows rows;

	switch (req->question) {
	case LIST:
		if (req->json)
			puts("]}");
		break;
	case SUMS:
		sums_rows(&req->sums, &rows);
		print_rows(req, "sums", &rows);
		break;
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "by", required_argument, NULL, 'b' },
		{ "section", required_argument, NULL, 's' },
		{ "owner", required_argument, NULL, 'o' },
		{ "driver", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct request req = { 0 };
	int opt, ret = 0;

	argv[0] = "sections";
	while ((opt = getopt_long(argc, argv, "b:s:o:d:jh", options, NULL)) != -1) {
		switch (opt) {
		case 'b':
			req.question = SUMS;
			req.sums.by = sums_by_parse(optarg);
			if (req.sums.by)
				break;
			fprintf(stderr, "sections: --by source, directory or module, not '%s'\n",
				optarg);
			return EXIT_INPUT;
		case 's':
			req.filter.section = optarg;
			break;
		case 'o':
			req.filter.owner = optarg;
			break;
		case 'd':
			req.filter.driver = optarg;
			break;
		case 'j':
			req.json = true;
			break;
		case 'h':
			fputs(help, stdout);
			return EXIT_GOOD;
		default:
			fputs("Try 'sections --help'.\n", stderr);
			return EXIT_INPUT;
		}
	}
	if (optind == argc) {
		fputs("sections: no file given\nTry 'sections --help'.\n", stderr);
		return EXIT_INPUT;
	}

	elf_version(EV_CURRENT);
	for (int i = optind; i < argc; i++)
		if (files_each(argv[i], inspect, &req))
			ret = EXIT_INPUT;
	if (req.answered)
		finish(&req);
	sums_free(&req.sums);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "sections: standard output: %s\n", strerror(errno));
		return EXIT_MACHINE;
	}
	return ret;
}
