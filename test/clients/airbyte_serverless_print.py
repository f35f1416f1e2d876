"""Prints a source with airbyte-serverless, as its connections do. The last line of stdout is a summary in JSON.

airbyte_serverless_print.py '{"executable": …, "config": …, "streams": […], "state": […] or null}'
"""

import json
import sys

from airbyte_serverless.destinations import PrintDestination
from airbyte_serverless.sources import Source

task = json.loads(sys.argv[1])
source = Source(executable=task["executable"], config=task["config"], streams=task["streams"])
status = source.connection_status
counts, states = {}, []


def watched():
    for message in source.extract(state=task["state"]):
        if message["type"] == "RECORD":
            name = message["record"]["stream"]
            counts[name] = counts.get(name, 0) + 1
        if message["type"] == "STATE":
            states.append(message["state"])
        yield message


PrintDestination().load(watched())
print(
    json.dumps(
        {
            "status": status,
            "example": source.yaml_definition_example,
            "counts": counts,
            "states": states,
        }
    )
)
