#!/bin/sh
# Prints the path of the first Python on PATH that is new enough and really starts.
# A name on PATH proves nothing: version managers leave launchers there that only fail.
IFS=:
for name in python3.11 python3.12 python3.13 python3; do
    for folder in $PATH; do
        [ -x "$folder/$name" ] || continue
        "$folder/$name" -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1); print(sys.executable)' \
            2>/dev/null && exit 0
    done
done
exit 1
