/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sources of evidence. Each reads its files once, in its gather function, and then
 * is a map from an address or a name to an owner: asking does no input or output.
 */
#ifndef INSPECTOR_EVIDENCE_H
#define INSPECTOR_EVIDENCE_H

#include "../inspector.h"

/* debug.c: debug information, from address to source file */
int debug_gather(struct image *img);
uint32_t debug_source(const struct image *img, size_t section, uint64_t address);

/* objects.c: the objects of the build tree, from symbol or base name to source file */
void objects_gather(struct image *img);
uint32_t objects_source(const struct image *img, const char *symbol);

/* build.c: the build tree's commands, from source file to module (struct source) */
void build_gather(struct image *img);
bool build_has_module(const struct image *img, const char *module);

/* ranges.c: modules.builtin.ranges, from address to module */
int ranges_gather(struct image *img);
const char *ranges_module(const struct image *img, uint32_t section, uint64_t address);

#endif
