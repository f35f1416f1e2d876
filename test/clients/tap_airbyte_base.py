"""Translates STATEs between a source and tap-airbyte: $AIRBYTE_FOLDER/base.sh runs it with the source's command.

tap-airbyte 0.0.2 accepts only STATEs with the legacy key `data`: one of type STREAM ends the tap (it compares two
constants with each other, not with the state's type). So each STATE gets the states of all streams as its `data`.
"""

import json
import subprocess
import sys

latest = {}
source = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
for line in source.stdout:
    message = json.loads(line)
    if message["type"] == "STATE":
        state = message["state"]
        latest[state["stream"]["stream_descriptor"]["name"]] = state
        data = {"streams": list(latest.values())}
        line = json.dumps({"type": "STATE", "state": {**state, "data": data}}) + "\n"
    sys.stdout.write(line)
    sys.stdout.flush()
sys.exit(source.wait())
