"""What stands between tap-airbyte and a source: $AIRBYTE_FOLDER/base.sh runs it in front of the source's command.

tap-airbyte 0.0.2 takes a STATE only by its key `data` of old: one of type STREAM ends the tap (it compares two words
with each other, not with the state's type). So each STATE gets the states of all streams as its `data`, and they are
what the tap hands back, which becomes a list again.
"""

import json
import os
import subprocess
import sys

command = sys.argv[1:]
latest = {}
if "--state" in command:
    place = command.index("--state") + 1
    with open(command[place], encoding="utf-8") as file:
        states = json.load(file).get("streams", [])
    latest = {state["stream"]["stream_descriptor"]["name"]: state for state in states}
    command[place] = os.path.join(os.environ["AIRBYTE_FOLDER"], "states.json")
    with open(command[place], "w", encoding="utf-8") as file:
        json.dump(states, file)

source = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
for line in source.stdout:
    message = json.loads(line)
    if message["type"] == "STATE":
        state = message["state"]
        latest[state["stream"]["stream_descriptor"]["name"]] = state
        line = json.dumps({"type": "STATE", "state": {"data": {"streams": list(latest.values())}}}) + "\n"
    sys.stdout.write(line)
    sys.stdout.flush()
sys.exit(source.wait())
