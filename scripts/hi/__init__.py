# SPDX-License-Identifier: GPL-2.0
"""The verbs that handle structured data: matrix, check, fates, and the table of kernels."""
