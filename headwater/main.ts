#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../scripts/node.sh" "$0" "$@"
import {main} from './cli.ts';

await main();
