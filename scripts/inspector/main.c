// SPDX-License-Identifier: GPL-2.0-only
/* Options, and the files that they name. */

#include <errno.h>
#include <fts.h>
#include <getopt.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "inspector.h"

/* Of the JSON report; goes up when a field changes its meaning or goes away. */
#define JSON_SCHEMA 1

/**
 * struct request - what was asked for, and the answer so far
 * @driver: only this module's functions, or NULL
 * @files: array of the answers, NULL if a table was asked for
 * @answered: number of files answered
 * @failed: a file was bad; the others are answered all the same
 */
struct request {
	const char *driver;
	json_object *files;
	size_t answered;
	bool failed;
};

static const char help[] =
"Usage: sections [--driver NAME] [--json] FILE...\n"
"\n"
"Says which functions lie in the init and exit sections of a vmlinux or a\n"
"module (.ko, .ko.xz, .ko.zst, .ko.gz), whose they are, and when the memory of\n"
"these sections is given back. Of a directory all modules in it are looked at.\n"
"\n"
"  -d, --driver NAME  only the functions of this driver\n"
"  -j, --json         for programs\n"
"  -h, --help         this text\n"
"\n"
"Exit status: 0 good, 2 wrong usage or input, 3 something is missing on this\n"
"machine.\n";

static void inspect(struct request *req, const char *path)
{
	struct image img;

	if (image_open(&img, path) || symbols_read(&img) ||
	    lifetimes_decide(&img))
		goto fail;
	owners_decide(&img);
	if (req->driver && image_keep_driver(&img, req->driver))
		goto fail;
	if (req->files) {
		json_object_array_add(req->files, json_image(&img));
	} else {
		if (req->answered)
			putchar('\n');
		table_print(stdout, &img, req->driver);
	}
	req->answered++;
	image_close(&img);
	return;

fail:
	req->failed = true;
	image_close(&img);
}

static bool is_module_name(const char *name)
{
	static const char * const ends[] = { ".ko", ".ko.xz", ".ko.zst", ".ko.gz" };
	size_t len = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t n = strlen(ends[i]);

		if (len > n && !strcmp(name + len - n, ends[i]))
			return true;
	}
	return false;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void inspect_directory(struct request *req, char *path)
{
	char *roots[] = { path, NULL };
	bool found = false;
	FTSENT *entry;
	FTS *fts;

	fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	while (fts && (entry = fts_read(fts))) {
		switch (entry->fts_info) {
		case FTS_F:
			if (is_module_name(entry->fts_name)) {
				found = true;
				inspect(req, entry->fts_path);
			}
			break;
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS:
			complain(entry->fts_path, NULL, "%s",
				 strerror(entry->fts_errno));
			req->failed = true;
			break;
		}
	}
	if (fts)
		fts_close(fts);
	if (!found) {
		complain(path, NULL, "no modules in this directory");
		req->failed = true;
	}
}

static void print_json(json_object *files)
{
	json_object *report = json_object_new_object();

	json_object_object_add(report, "schema", json_object_new_int(JSON_SCHEMA));
	json_object_object_add(report, "files", json_object_get(files));
	puts(json_object_to_json_string_ext(report, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(report);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "driver", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct request req = { 0 };
	int opt;

	argv[0] = "sections";
	while ((opt = getopt_long(argc, argv, "d:jh", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			req.driver = optarg;
			break;
		case 'j':
			if (!req.files)
				req.files = json_object_new_array();
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
	for (int i = optind; i < argc; i++) {
		struct stat st;

		if (!stat(argv[i], &st) && S_ISDIR(st.st_mode))
			inspect_directory(&req, argv[i]);
		else
			inspect(&req, argv[i]);
	}
	if (req.files && req.answered)
		print_json(req.files);
	json_object_put(req.files);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "sections: standard output: %s\n", strerror(errno));
		return EXIT_MACHINE;
	}
	return req.failed ? EXIT_INPUT : EXIT_GOOD;
}
