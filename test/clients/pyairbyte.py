"""Loads a source into a DuckDB cache with PyAirbyte, once. The last line of stdout is a summary in JSON.

pyairbyte.py '{"name": …, "source": {"local_executable": …} or {"docker_image": …}, "config": …, "streams": […],
"database": …}'
"""

import json
import sys
from pathlib import Path

import airbyte as ab
from airbyte.caches import DuckDBCache

task = json.loads(sys.argv[1])
given = task["source"]
if "local_executable" in given:
    given = {"local_executable": Path(given["local_executable"])}

cache = DuckDBCache(db_path=task["database"], schema_name="main")
source = ab.get_source(
    task["name"],
    config=task["config"],
    streams=task["streams"],
    install_if_missing=False,
    **given,
)
source.check()
result = source.read(cache=cache)
print(
    json.dumps(
        {
            "read": result.processed_records,
            "rows": {name: len(list(result[name])) for name in task["streams"]},
        }
    )
)
