// SPDX-License-Identifier: GPL-2.0-only
/*
 * --running: the modules that are loaded now. /proc/modules lists them, and says which
 * are permanent; /sys/module tells their memory, /lib/modules has their files, and the
 * kernel's BTF its struct module: together they tell why a module is permanent.
 */

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../elf/files.h"
#include "../kernel/kernel.h"
#include "report.h"

/* The file of a module. */
struct file {
	char *module;
	char *path;
};

/**
 * struct running - what is known of the machine
 * @root: "" or where another one's files are
 * @files: struct file by module, for tsearch()
 * @kernel: the running one
 * @has_kernel: it could be read
 */
struct running {
	const char *root;
	void *files;
	struct kernel kernel;
	bool has_kernel;
};

static int compare_files(const void *pa, const void *pb)
{
	const struct file *a = pa, *b = pb;

	return strcmp(a->module, b->module);
}

static void free_file(void *node)
{
	struct file *file = node;

	free(file->module);
	free(file->path);
	free(file);
}

static int add_file(const struct path *entry, void *arg)
{
	struct running *running = arg;
	struct file *file = must_alloc(1, sizeof(*file)), **found;
	const char *name = base_name(entry->name);

	file->module = module_name_of(name, strcspn(name, "."));
	file->path = must_strdup(entry->name);
	found = tsearch(file, &running->files, compare_files);
	if (!found)
		abort();
	if (*found != file)
		free_file(file);
	return 0;
}

/* The first line of a file of the machine, allocated; NULL with errno */
static char *read_line(const struct running *running, const char *path)
{
	char *whole = must_printf("%s%s", running->root, path);
	char *text = read_text(whole);

	free(whole);
	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

/* Bytes of init memory that are still there, -1 if nothing says. */
static int64_t init_bytes(const struct running *running, const char *module)
{
	char *path = must_printf("/sys/module/%s/initsize", module);
	char *text = read_line(running, path);
	int64_t bytes = text ? strtoll(text, NULL, 10) : -1;

	free(path);
	free(text);
	return bytes;
}

/* What the module's file and the kernel say. Returns NULL if that is nothing. */
static const char *judge(const struct running *running, const struct file *file,
			 char **why)
{
	static const char *no_section = "";
	static const struct filter nothing = {
		.sections = &no_section, .nr_sections = 1, .relocations = true,
	};
	struct judgement judgement = { 0 };
	const char *verdict = NULL;
	struct image img;

	if (!file) {
		*why = must_printf("/lib/modules has no file for it");
		return NULL;
	}
	if (!running->has_kernel)
		return NULL;
	if (!image_read(&img, file->path, &nothing) &&
	    !kernel_judge(&running->kernel, &img, &judgement)) {
		verdict = verdict_names[judgement.verdict];
		*why = judgement.why;
	}
	image_close(&img);
	return verdict;
}

/* A line: print_unload_info() and m_show() in kernel/module/procfs.c */
static int add_line(struct running *running, struct rows *rows, char *line)
{
	char *rest, *name = strtok_r(line, " ", &rest), *size = strtok_r(NULL, " ", &rest);
	char *users = strtok_r(NULL, " ", &rest), *holders = strtok_r(NULL, " ", &rest);
	struct file key = { .module = name }, **found;
	const struct file *file;
	const char *verdict;
	char *why = NULL;

	if (!holders)
		return -1;
	found = tfind(&key, &running->files, compare_files);
	file = found ? *found : NULL;
	verdict = judge(running, file, &why);
	rows_add(rows, name, (int64_t)strtoll(size, NULL, 10),
		 init_bytes(running, name), users,
		 strstr(holders, "[permanent]") ? "permanent" : NULL, verdict, why,
		 file ? file->path : NULL);
	free(why);
	return 0;
}

static void find_files(struct running *running)
{
	char *release = read_line(running, "/proc/sys/kernel/osrelease");
	char *directory = must_printf("%s/lib/modules/%s/", running->root,
				      release ? release : "");
	struct files files = { 0 };

	if (release && !access(directory, R_OK)) {
		files_add(&files, directory, true);
		files_each(&files, true, add_file, running);
		files_free(&files);
	}
	free(directory);
	free(release);
}

static enum exit_code add_all(struct running *running, struct rows *rows)
{
	char *path = must_printf("%s/proc/modules", running->root);
	char *text = read_text(path), *rest;
	enum exit_code ret = EXIT_GOOD;

	if (!text) {
		complain(path, NULL, "%s", errno == ENOENT ?
			 "missing: this kernel cannot load modules" : strerror(errno));
		ret = EXIT_MACHINE;
	}
	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line && !ret;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (add_line(running, rows, line)) {
			complain(path, NULL, "has a line that no kernel writes");
			ret = EXIT_INPUT;
		}
	}
	free(text);
	free(path);
	return ret;
}

enum exit_code running_begin(struct request *req)
{
	static const struct column columns[] = {
		{ "module", "MODULE", COLUMN_TEXT, false },
		{ "size", "BYTES", COLUMN_NUMBER, false },
		{ "init_size", "INIT", COLUMN_NUMBER, false },
		{ "users", "USERS", COLUMN_TEXT, false },
		{ "state", "STATE", COLUMN_TEXT, true },
		{ "verdict", "VERDICT", COLUMN_TEXT, true },
		{ "why", "WHY", COLUMN_TEXT, true },
		{ "file", NULL, COLUMN_PATH, false },
	};
	struct running running = { .root = req->root, .kernel.img.fd = -1 };
	char *btf = must_printf("%s/sys/kernel/btf/vmlinux", req->root);
	enum exit_code ret;

	req->rows = ROWS(columns);
	find_files(&running);
	running.has_kernel = !access(btf, R_OK) && !kernel_open(&running.kernel, btf);
	ret = add_all(&running, &req->rows);
	kernel_close(&running.kernel);
	tdestroy(running.files, free_file);
	free(btf);
	req->answered = !ret;
	return ret;
}

void running_finish(struct request *req)
{
	if (req->answered)
		rows_report(req->json, "running", &req->rows, "No module is loaded.");
}
