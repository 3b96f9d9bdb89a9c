#!/usr/bin/python3
"""Compiles each of our headers alone: a header includes what it needs."""

import concurrent.futures
import os
import subprocess

import sources


def compile_alone(root, path, compiler, includes):
    """The compiler's complaint about a file that holds nothing but this include, or None."""
    command = [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-x", "c++", "-I", root]
    for directory in includes:
        command += ["-I", directory]
    done = subprocess.run(command + ["-"], input=f'#include "{path}"\n', capture_output=True, text=True)
    if done.returncode == 0:
        return None
    first = "\n".join(done.stderr.splitlines()[:6])
    return f"{path}: does not compile alone:\n{first}"


def main():
    parser = sources.parser(__doc__)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--include", nargs="*", default=[], help="folders of generated headers")
    args = parser.parse_args()
    includes = [d for d in args.include if os.path.isdir(d)]
    paths = sources.files(args.root, (".h",))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda p: compile_alone(args.root, p, args.compiler, includes), paths)
    sources.report([r for r in results if r], len(paths), "headers")


if __name__ == "__main__":
    main()
