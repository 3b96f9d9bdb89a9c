"""Lucene 8 in process: any term of the query, the best 100 by BM25, of these the nearest by edit distance."""

import glob
import os
import subprocess
import tempfile

import common

JARS = "/usr/share/java/lucene-core-8*.jar"
HEAP = "2g"
TOP = 100
WARM_UP = 200


def jar():
    found = sorted(glob.glob(JARS))
    if not found:
        raise SystemExit(f"no {JARS}; run bench/peers/install")
    return found[-1]


def measure(memory, queries_file, queries, seconds, scratch, chrf_program):
    """Yields one record."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "LuceneLookup.java")
    with tempfile.TemporaryDirectory(prefix="peers-lucene-", dir=scratch) as folder:
        subprocess.run(["javac", "-Xlint:all", "-encoding", "UTF-8", "-cp", jar(), "-d", folder, source], check=True)
        out, index = os.path.join(folder, "out"), os.path.join(folder, "index")
        subprocess.run(["java", f"-Xmx{HEAP}", "-cp", f"{jar()}:{folder}", "LuceneLookup", memory, queries_file, index,
                        out, str(seconds), str(WARM_UP), str(TOP)], check=True)
        milliseconds, answers, cpu = [], [], 0
        with open(out, encoding="utf-8", newline="\n") as f:
            load_seconds, pairs = f.readline().split()
            for line in f:
                took, busy, found, target = line.rstrip("\n").split("\t")
                milliseconds.append(float(took))
                cpu += float(busy) / 1e3
                answers.append(common.unescape(target) if found == "1" else None)
        disk_bytes = sum(entry.stat().st_size for entry in os.scandir(index))
        settings = {"heap": HEAP, "top": TOP, "pairs": int(pairs), "seconds": seconds, "jar": os.path.basename(jar())}
        yield common.result("lucene bm25 + levenshtein", float(load_seconds), disk_bytes, milliseconds, cpu, answers,
                            queries, chrf_program, settings)
