#!/bin/sh
# Runs a program of this checkout, from any directory: with the Node of node_modules whatever the host's own is,
# with its compile cache (stripping the types again takes 35 MB and 0.2 s), and with a heap that is kept small,
# because what flows through a source lives for a moment only; so is the C library's, see the Dockerfile. A program's second
# line calls it.
modules="$(dirname "$(readlink -f "$0")")/../node_modules"
export PATH="$modules/.bin:$PATH" NODE_COMPILE_CACHE="$modules/.cache/node" MALLOC_ARENA_MAX=1
exec node --max-semi-space-size=4 --max-old-space-size=1024 "$@"
