/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NEEDED_H
#define _NEEDED_H

void needed(void);

#endif /* _NEEDED_H */
