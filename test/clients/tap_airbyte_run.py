"""Runs tap-airbyte without /airbyte: its fixed paths are replaced with the folder AIRBYTE_FOLDER."""

import os
import subprocess
import sys

from tap_airbyte.tap import TapAirbyte

folder = os.environ["AIRBYTE_FOLDER"]
start = subprocess.Popen.__init__


def start_elsewhere(self, args, *rest, cwd=None, **options):
    if args[0] in ("./base.sh", "/airbyte/base.sh"):
        args, cwd = [f"{folder}/base.sh", *args[1:]], folder
    start(self, args, *rest, cwd=cwd, **options)


subprocess.Popen.__init__ = start_elsewhere
TapAirbyte.conf_dir = folder
sys.argv[0] = "tap-airbyte"
TapAirbyte.cli()
