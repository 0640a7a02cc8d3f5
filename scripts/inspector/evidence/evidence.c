// SPDX-License-Identifier: GPL-2.0-only
/* Gathers all evidence: whatever can be read that tells an owner. */

#include "evidence.h"

/* The objects are only read where debug information does not say more. */
int evidence_gather(struct image *img)
{
	if (debug_gather(img))
		return -1;
	if (img->kind != IMAGE_VMLINUX)
		return 0;
	if (!img->debug)
		objects_gather(img);
	build_gather(img);
	return ranges_gather(img);
}
