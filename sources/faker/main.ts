#!/bin/sh
// 2>/dev/null; PATH="$(dirname "$(readlink -f "$0")")/../../node_modules/.bin:$PATH" exec node "$0" "$@"
import {run} from '#cdk';
import {faker} from './index.ts';

await run(faker);
