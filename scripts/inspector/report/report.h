/* SPDX-License-Identifier: GPL-2.0-only */
/* A question, and what its report is made of. */
#ifndef INSPECTOR_REPORT_H
#define INSPECTOR_REPORT_H

#include "../inspector.h"
#include "json.h"
#include "rows.h"

/* How --compare prints what it finds. */
enum format {
	FORMAT_TABLES,
	FORMAT_BLOAT,
	FORMAT_MARKDOWN,
	NR_FORMATS,
};

/**
 * struct request - what was asked for, and the answer so far
 * @argument: of the question's option
 * @filter: which items
 * @json: for programs
 * @format: for people
 * @max_rows: of @format, the others are summed
 * @max_growth: of --compare, or NULL: any (limits_parse())
 * @baseline: in place of the first file, or NULL
 * @root: of the machine that runs
 * @answered: number of files answered
 * @status: EXIT_FOUND where a check failed, or what else went wrong
 * @rows: the answer of a question whose report is one table
 * @state: of the question, from begin() to finish()
 */
struct request {
	const char *argument;
	struct filter filter;
	bool json;
	enum format format;
	size_t max_rows;
	const char *max_growth;
	const char *baseline;
	const char *root;
	size_t answered;
	enum exit_code status;
	struct rows rows;
	void *state;
};

/* The files that a question is about. */
enum question_files {
	FILES_ANY,
	FILES_NONE,
	FILES_ONE,
	FILES_TWO,
};

/**
 * struct question - what can be asked: a row of the table in main.c
 * @letter: of its option, 0: none is needed
 * @files: how many it takes
 * @whole: it is about whole modules: no filter
 * @relocations: it needs those of struct module
 * @begin: called first; returns EXIT_GOOD, or another code after a message; or NULL
 * @add: called for each image that was read; can keep the image by emptying @img; or NULL
 * @finish: called last, to print the answer if there is one, and to free @state; or NULL
 */
struct question {
	int letter;
	enum question_files files;
	bool whole;
	bool relocations;
	enum exit_code (*begin)(struct request *req);
	int (*add)(struct request *req, struct image *img);
	void (*finish)(struct request *req);
};

/* list.c, listjson.c */
int list_add(struct request *req, struct image *img);
void list_finish(struct request *req);
void list_json_filter(const struct filter *filter);
void list_json(const struct image *img, bool filtered);

/* sums.c */
enum exit_code sums_begin(struct request *req);
int sums_add(struct request *req, struct image *img);
void sums_finish(struct request *req);

/* compare.c */
enum exit_code compare_begin(struct request *req);
int compare_add(struct request *req, struct image *img);
void compare_finish(struct request *req);

/* audit.c */
enum exit_code audit_begin(struct request *req);
int audit_add(struct request *req, struct image *img);
void audit_finish(struct request *req);

/* verdicts.c */
enum exit_code verdicts_begin(struct request *req);
int verdicts_add(struct request *req, struct image *img);
void verdicts_finish(struct request *req);

/* running.c */
enum exit_code running_begin(struct request *req);
void running_finish(struct request *req);

/* svg.c */
int svg_add(struct request *req, struct image *img);
void svg_finish(struct request *req);

/* output.c */
enum exit_code output_write(const char *path, const char *text);

#endif
