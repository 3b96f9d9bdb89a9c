#!/usr/bin/python3
"""Puts one fault at a time into a copy of the sources and demands that the tests see it: mutants.txt.

  tests/mutants/run.py                    the check of the list alone: each line is there, once
  REPRISE_MUTANTS=1 tests/mutants/run.py  builds and runs every mutant (minutes)
  tests/mutants/run.py --only "rounded"   builds and runs those whose name holds the words

The copy is built in a temporary directory that is removed at the end; the sources are not touched.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
KEYS = ("mutant", "file", "line", "becomes", "target", "filter")
# What the copy leaves out: builds, and history.
IGNORED = shutil.ignore_patterns("build", "build-*", ".git", "__pycache__", "node_modules")
RUN_SECONDS = 600


def parse(text):
    """The blocks of the list as dictionaries. ValueError names the line that is wrong."""
    mutants, block = [], {}
    for number, line in enumerate(text.splitlines() + [""], 1):
        line = line.strip()
        if line.startswith("#"):
            continue
        if line:
            key, colon, value = line.partition(":")
            if not colon or key not in KEYS or key in block:
                raise ValueError(f"line {number}: one of {', '.join(KEYS)} is expected once a block, got {line!r}")
            block[key] = value.strip()
        elif block:
            missing = [key for key in KEYS if not block.get(key)]
            if missing:
                raise ValueError(f"line {number}: the block above lacks {', '.join(missing)}")
            mutants.append(block)
            block = {}
    names = [mutant["mutant"] for mutant in mutants]
    if not names or len(set(names)) != len(names):
        raise ValueError("names must be unique, and there must be one")
    return mutants


def mutated(text, mutant):
    """The source with the fault in it. ValueError if the line is not there exactly once or nothing would change."""
    lines = text.split("\n")
    places = [i for i, line in enumerate(lines) if line.strip() == mutant["line"]]
    if len(places) != 1:
        raise ValueError(f"{mutant['file']}: the line occurs {len(places)} times, not once: {mutant['line']}")
    if mutant["line"] == mutant["becomes"]:
        raise ValueError(f"{mutant['mutant']}: nothing changes")
    at = places[0]
    lines[at] = lines[at].replace(mutant["line"], mutant["becomes"])
    return "\n".join(lines)


class Copy:
    """A copy of the sources with a build of its own."""

    def __init__(self, root, scratch):
        self.source = scratch / "source"
        self.build = scratch / "build"
        shutil.copytree(root, self.source, ignore=IGNORED, symlinks=True)
        # Paths below the scratch directory are made relative, so that the cache serves the next run as well.
        self.env = dict(os.environ, CCACHE_BASEDIR=str(scratch), CCACHE_NOHASHDIR="1")
        self.env.pop("REPRISE_MUTANTS", None)
        command = ["cmake", "-S", self.source, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"]
        subprocess.run(command, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def make(self, targets):
        """Empty, or what the compiler said."""
        done = subprocess.run(["cmake", "--build", self.build, "-j2", "--target", *targets], env=self.env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return "" if done.returncode == 0 else done.stdout

    def passes(self, target, gtest_filter):
        """Whether the test program ends well and has run something; one that does not end fails."""
        program = next(path for path in self.build.rglob(target) if path.is_file() and os.access(path, os.X_OK))
        try:
            done = subprocess.run([program, f"--gtest_filter={gtest_filter}"], env=self.env, timeout=RUN_SECONDS,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        except subprocess.TimeoutExpired:
            return False
        if "[==========] Running 0 tests" in done.stdout:
            raise ValueError(f"{target}: no test matches {gtest_filter}")
        return done.returncode == 0


def run(mutants, root):
    """The names of the mutants that no test saw."""
    alive = []
    with tempfile.TemporaryDirectory(prefix="reprise_mutants_") as scratch:
        copy = Copy(root, pathlib.Path(scratch))
        said = copy.make(sorted({mutant["target"] for mutant in mutants}))
        if said:
            raise ValueError("the sources as they are do not compile:\n" + said[-4000:])
        for target, gtest_filter in sorted({(m["target"], m["filter"]) for m in mutants}):
            if not copy.passes(target, gtest_filter):
                raise ValueError(f"{target} --gtest_filter={gtest_filter} fails without a fault")
        for mutant in mutants:
            path = copy.source / mutant["file"]
            before = path.read_text(encoding="utf-8")
            path.write_text(mutated(before, mutant), encoding="utf-8")
            said = copy.make([mutant["target"]])
            if said:
                raise ValueError(f"{mutant['mutant']}: does not compile:\n" + said[-4000:])
            lives = copy.passes(mutant["target"], mutant["filter"])
            print(f"{'ALIVE' if lives else 'dead '} {mutant['mutant']} ({mutant['file']})", flush=True)
            if lives:
                alive.append(mutant["mutant"])
            path.write_text(before, encoding="utf-8")
    return alive


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=HERE.parent.parent)
    parser.add_argument("--only", help="words of the name; builds and runs these")
    arguments = parser.parse_args()
    try:
        mutants = parse((HERE / "mutants.txt").read_text(encoding="utf-8"))
        for mutant in mutants:
            mutated((arguments.root / mutant["file"]).read_text(encoding="utf-8"), mutant)
        if arguments.only:
            mutants = [mutant for mutant in mutants if arguments.only in mutant["mutant"]]
            if not mutants:
                raise ValueError(f"no mutant is named {arguments.only!r}")
        elif os.environ.get("REPRISE_MUTANTS") != "1":
            print(f"{len(mutants)} mutants, each line is there once (REPRISE_MUTANTS=1 builds and runs them)")
            return 0
        alive = run(mutants, arguments.root)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 1
    print(f"{len(mutants) - len(alive)} of {len(mutants)} seen by the tests")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
