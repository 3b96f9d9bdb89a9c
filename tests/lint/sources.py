"""What the lint checks share: which files are ours, and how a check reports."""

import argparse
import os
import subprocess
import sys

# Folders that hold no source of ours, for trees that git does not know (an unpacked archive).
NOT_OURS = {".git", "build", "out", "node_modules", "__pycache__", ".quickstart"}


def files(root, suffixes):
    """Paths relative to root of tracked and new (not ignored) files that end in one of the suffixes, sorted."""
    try:
        top = subprocess.run(["git", "-C", root, "rev-parse", "--show-toplevel"], check=True, capture_output=True,
                             text=True).stdout.strip()
        if os.path.realpath(top) != os.path.realpath(root):
            raise OSError("the root is no repository of its own")
        listed = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                check=True, capture_output=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = []
        for folder, folders, names in os.walk(root):
            folders[:] = [f for f in folders if f not in NOT_OURS and not f.startswith("build-")]
            listed += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted({p for p in listed if p.endswith(tuple(suffixes)) and os.path.isfile(os.path.join(root, p))})


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as f:
        return f.read()


def parser(doc):
    p = argparse.ArgumentParser(description=doc)
    p.add_argument("--root", required=True, help="the repository root")
    return p


def report(problems, checked, what):
    """Prints the problems and ends the program: 1 if there are any, or if nothing was checked at all."""
    for problem in problems:
        print(problem)
    if not checked:
        print(f"found no {what} to check; is --root right?")
        sys.exit(1)
    print(f"{checked} {what}, {len(problems)} problem(s)")
    sys.exit(1 if problems else 0)
