#!/bin/sh
# Runs a program of a repository from any directory. A program's second line calls it. It uses the Node of node_modules if
# there is one, here or in a folder above, a compile cache (without it, stripping the types takes 35 MB and 0.2 s), and a small heap, because records
# live only for a moment. The C library's heap is small too: see the Dockerfile.
here="$(dirname "$(readlink -f "$0")")"
case "$here" in
  */node_modules/headwater/scripts) modules="${here%/headwater/scripts}" ;;
  *) modules="$here/../node_modules" ;;
esac
folder="$here"
until [ -z "$folder" ] || [ -x "$folder/node_modules/.bin/node" ]; do folder="${folder%/*}"; done
export PATH="$modules/.bin:${folder:+$folder/node_modules/.bin:}$PATH" NODE_COMPILE_CACHE="$modules/.cache/node" MALLOC_ARENA_MAX=1
# Node undoes that nohup ignores SIGHUP, so the program gets to know it by a variable.
if [ -r /proc/$$/status ]; then
  while read -r key value; do
    case "$key$value" in SigIgn:*[13579bdf]) export HEADWATER_NOHUP=1 ;; esac
  done < /proc/$$/status
fi
exec node --require "$here/node-version.cjs" --max-semi-space-size=4 --max-old-space-size=1024 "$@"
