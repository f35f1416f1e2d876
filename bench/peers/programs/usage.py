"""Runs a Python script, and writes the resource usage of the process to the file in BENCH_USAGE."""

import json
import os
import re
import resource
import runpy
import sys

sys.argv = sys.argv[1:]
code = 0
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as end:
    code = end.code or 0
    raise
except BaseException:
    code = 1
    raise
finally:
    sys.stdout.flush()
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open("/proc/self/status") as status:
        peak = int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1))
    with open(os.environ["BENCH_USAGE"], "w") as file:
        json.dump(
            {"code": code, "cpuSeconds": used.ru_utime + used.ru_stime, "peakMb": peak / 1024}, file
        )
