# SPDX-License-Identifier: GPL-2.0
"""The verbs that handle structured data."""
