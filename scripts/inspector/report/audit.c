// SPDX-License-Identifier: GPL-2.0-only
/* --audit: modules that cannot be unloaded, or keep memory that others give back. */

#include <stdlib.h>

#include "report.h"

enum exit_code audit_begin(struct request *req)
{
	static const struct column columns[] = {
		{ "module", "MODULE", COLUMN_TEXT, false },
		{ "finding", "FINDING", COLUMN_TEXT, false },
		{ "detail", "DETAIL", COLUMN_TEXT, false },
		{ "file", NULL, COLUMN_PATH, false },
	};

	req->rows = ROWS(columns);
	return EXIT_GOOD;
}

static const struct section *section_at(const struct image *img, size_t index)
{
	uint32_t own = index < img->nr_headers ? img->section_of[index] : 0;

	return own ? &img->sections[own - 1] : NULL;
}

/* An init or exit function that is not where its memory would be given back. */
static void audit_place(struct rows *rows, const struct image *img,
			const struct entry_point *point, enum phase phase)
{
	const struct section *sec = section_at(img, point->section);
	char *detail;

	if (!sec || sec->phase == phase)
		return;
	detail = must_printf("%s is in %s",
			     phase == PHASE_INIT ? "init_module" : "cleanup_module",
			     sec->name);
	rows_add(rows, img->module, phase == PHASE_INIT ? "init-kept" : "exit-kept",
		 detail, img->path);
	free(detail);
}

/*
 * delete_module() in kernel/module/main.c: EBUSY for a module with init and no exit,
 * a module with neither can go.
 */
static void audit_module(struct rows *rows, const struct image *img)
{
	audit_place(rows, img, &img->init, PHASE_INIT);
	audit_place(rows, img, &img->exit, PHASE_EXIT);
	if (!img->can_unload)
		rows_add(rows, img->module, "permanent",
			 "its kernel has no CONFIG_MODULE_UNLOAD", img->path);
	else if (img->init.section && !img->exit.section)
		rows_add(rows, img->module, "permanent", "it has an init function and no exit function",
			 img->path);
	else if (img->exit.section && !img->exit.linked)
		rows_add(rows, img->module, "permanent",
			 "__this_module does not point to its exit function", img->path);
	if (img->exit.section && !img->init.section)
		rows_add(rows, img->module, "exit-without-init",
			 "it has an exit function and no init function", img->path);
}

/* Functions of initcalls that no init section has. */
static void audit_vmlinux(struct rows *rows, const struct image *img)
{
	for (size_t i = 0; i < img->nr_initcalls; i++) {
		const struct initcall *call = &img->initcalls[i];
		char *module, *detail;

		if (call->found)
			continue;
		module = must_strndup(call->module, call->module_len);
		detail = must_printf("%.*s is in no init section",
				     (int)call->function_len, call->function);
		rows_add(rows, module, "init-kept", detail, img->path);
		free(module);
		free(detail);
	}
}

int audit_add(struct request *req, struct image *img)
{
	if (img->kind == IMAGE_VMLINUX) {
		audit_vmlinux(&req->rows, img);
	} else if (img->kind == IMAGE_MODULE && !img->is_debug) {
		audit_module(&req->rows, img);
	} else {
		complain(img->path, NULL, "only a vmlinux or a module can be audited");
		return -1;
	}
	return 0;
}

void audit_finish(struct request *req)
{
	if (req->answered)
		rows_report(req->json, "findings", &req->rows, "Nothing found.");
	if (req->rows.nr)
		req->status = EXIT_FOUND;
}
