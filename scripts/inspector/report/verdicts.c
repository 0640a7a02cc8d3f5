// SPDX-License-Identifier: GPL-2.0-only
/* --kernel: what will become of modules in a kernel. */

#include <stdlib.h>

#include "../kernel/kernel.h"
#include "report.h"

enum exit_code verdicts_begin(struct request *req)
{
	static const struct column columns[] = {
		{ "module", "MODULE", COLUMN_TEXT, false },
		{ "verdict", "VERDICT", COLUMN_TEXT, false },
		{ "why", "WHY", COLUMN_TEXT, true },
		{ "file", NULL, COLUMN_PATH, false },
		{ "module_init", NULL, COLUMN_NUMBER, false },
		{ "module_exit", NULL, COLUMN_NUMBER, false },
		{ "kernel_init", NULL, COLUMN_NUMBER, false },
		{ "kernel_exit", NULL, COLUMN_NUMBER, false },
	};

	req->rows = ROWS(columns);
	req->state = must_alloc(1, sizeof(struct kernel));
	return kernel_open(req->state, req->argument) ? EXIT_INPUT : EXIT_GOOD;
}

/* -1 where there is none */
static int64_t offset_of(const struct entry_point *point)
{
	return point->linked ? (int64_t)point->offset : -1;
}

int verdicts_add(struct request *req, struct image *img)
{
	const struct kernel *kernel = req->state;
	struct judgement judgement;

	if (kernel_judge(kernel, img, &judgement))
		return -1;
	if (judgement.verdict != VERDICT_GOOD)
		req->status = EXIT_FOUND;
	rows_add(&req->rows, img->module, verdict_names[judgement.verdict], judgement.why,
		 img->path, offset_of(&img->init), offset_of(&img->exit),
		 kernel->layout.init, kernel->layout.exit);
	free(judgement.why);
	return 0;
}

void verdicts_finish(struct request *req)
{
	if (req->answered)
		rows_report(req->json, "modules", &req->rows, "");
	if (req->answered && req->status && !req->json)
		puts("\nRebuild such a module with that kernel's headers and configuration:\n"
		     "make -C /lib/modules/RELEASE/build M=DIRECTORY modules");
	kernel_close(req->state);
	free(req->state);
}
