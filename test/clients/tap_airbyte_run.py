"""Runs tap-airbyte where there is no /airbyte: its paths are fixed, and are taken as the folder AIRBYTE_FOLDER here."""

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
