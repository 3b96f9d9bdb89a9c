"""Reprise in process, as the peers are asked: best 5 from 70 % (its default), and down to 30 % by relevance."""

import os
import subprocess
import tempfile

import common


def measure(memory, queries, languages, seconds, scratch, program, chrf_program):
    """Yields one record a setting. `languages`: of source and target."""
    with tempfile.TemporaryDirectory(prefix="peers-reprise-", dir=scratch) as folder:
        asked, answered = os.path.join(folder, "queries.tsv"), os.path.join(folder, "answers.tsv")
        with open(asked, "w", encoding="utf-8", newline="\n") as f:
            f.write("source_lang\ttarget_lang\tsource\ttarget\n")
            for source, target in queries:  # the product refuses an empty target
                f.write("\t".join([*languages, common.escape(source), common.escape(target or "-")]) + "\n")
        subprocess.run([program, "--memory", memory, "--queries", asked, "--from", languages[0], "--to", languages[1],
                        "--seconds", str(seconds), "--dir", os.path.join(folder, "store"), "--out", answered],
                       check=True)
        settings, milliseconds, cpu, answers = {}, {}, {}, {}
        with open(answered, encoding="utf-8", newline="\n") as f:
            load_seconds, disk_bytes, units, count = f.readline().split()
            if int(count) != len(queries):
                raise SystemExit(f"{program} took {count} of {len(queries)} queries")
            for line in f:
                name, took, busy, found, target = line.rstrip("\n").split("\t")
                settings.setdefault(name, {"setting": name, "units": int(units), "seconds": seconds})
                milliseconds.setdefault(name, []).append(float(took))
                cpu[name] = cpu.get(name, 0) + float(busy) / 1e3
                answers.setdefault(name, []).append(common.unescape(target) if found == "1" else None)
        for name, about in settings.items():
            yield common.result(f"reprise {name}", float(load_seconds), int(disk_bytes), milliseconds[name], cpu[name],
                                answers[name], queries, chrf_program, about)
