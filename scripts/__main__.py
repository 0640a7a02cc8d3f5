# SPDX-License-Identifier: GPL-2.0
"""python3 scripts VERB [ARGUMENT]...: runs hi/VERB.py; lib.sh's run_verb calls this."""

import importlib
import sys

from hi import base

name = sys.argv.pop(1)
base.run_verb(name, importlib.import_module(f"hi.{'checks' if name == 'check' else name}").main)
