#!/usr/bin/python3
"""Fails on a C++ file that clang-format 14 would change."""

import os
import shutil
import subprocess
import sys

import sources

TOOL = "clang-format-14"


def unformatted(root, paths):
    """The complaints of clang-format about these files, one line each."""
    done = subprocess.run([TOOL, "--dry-run", "-Werror", "--style=file", *paths], cwd=root, capture_output=True, text=True)
    if done.returncode == 0:
        return []
    first = {}
    for line in done.stderr.splitlines():
        if "error:" in line:
            first.setdefault(line.split(":")[0], line)
    return [f"{line}  (mend: {TOOL} -i {path})" for path, line in sorted(first.items())] or [done.stderr]


def main():
    root = sources.parser(__doc__).parse_args().root
    if not shutil.which(TOOL):
        print(f"{TOOL} is missing: apt-get install {TOOL}")
        sys.exit(1)
    if not os.path.exists(os.path.join(root, ".clang-format")):
        print(".clang-format is missing in the repository root")
        sys.exit(1)
    paths = sources.files(root, (".h", ".cc"))
    sources.report(unformatted(root, paths) if paths else [], len(paths), "source files")


if __name__ == "__main__":
    main()
