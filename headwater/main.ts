#!/bin/sh
// 2>/dev/null; [ "$1" = test ] && heap=--max-old-space-size=4096; exec "$(dirname "$(readlink -f "$0")")/../scripts/node.sh" $heap "$0" "$@"
// The acceptance tests keep the output of a connector in memory, so they get a larger heap.
import {headwater} from './cli.ts';

// A reader that leaves, as in `headwater … | head`, must not end a run that lands rows or writes a report.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
process.exitCode = await headwater(process.argv);
