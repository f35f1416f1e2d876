#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../scripts/node.sh" "$0" "$@"
import {run} from 'headwater';
import {faker} from './index.ts';

await run(faker);
