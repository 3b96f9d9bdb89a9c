"""What the peers share: TSV in, results out, chrF2 by the project's own program."""

import json
import os
import subprocess
import time

ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}


def unescape(cell):
    """`\\t`, `\\n`, `\\r` and `\\\\` -> what they stand for; other escapes stay, as in formats/delimited.h."""
    if "\\" not in cell:
        return cell
    out, i = [], 0
    while i < len(cell):
        plain = ESCAPES.get(cell[i:i + 2])
        out.append(plain if plain is not None else cell[i])
        i += 2 if plain is not None else 1
    return "".join(out)


def escape(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def read_rows(path):
    """(source, target) of each row of a TSV with a header that names them; target is "" where there is no column."""
    with open(path, encoding="utf-8", newline="\n") as f:
        header = f.readline().rstrip("\r\n").split("\t")
        if "source" not in header:
            raise SystemExit(f"{path}: the first line names no column source; it is: {header}")
        source, target = header.index("source"), header.index("target") if "target" in header else None
        for number, line in enumerate(f, 2):
            cells = line.rstrip("\r\n").split("\t")
            if len(cells) != len(header):
                raise SystemExit(f"{path}:{number}: {len(cells)} columns where {len(header)} are expected")
            yield unescape(cells[source]), unescape(cells[target]) if target is not None else ""


def percentile(values, share):
    """The value below which `share` of the sorted values lie; as memory_bench counts it. 0 for none."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def mean_chrf2(program, pairs):
    """Mean chrF2 of (hypothesis, reference); a hypothesis of None counts 0. None if there is no reference at all."""
    if not pairs or not any(reference for _, reference in pairs):
        return None
    lines = "".join(f"{escape(h or '')}\t{escape(r)}\n" for h, r in pairs)
    done = subprocess.run([program], input=lines, capture_output=True, text=True, encoding="utf-8", check=True)
    scores = [float(line) for line in done.stdout.split()]
    if len(scores) != len(pairs):
        raise SystemExit(f"{program} answered {len(scores)} of {len(pairs)} lines")
    return sum(score for score, (h, _) in zip(scores, pairs) if h is not None) / len(pairs)


def result(name, load_seconds, disk_bytes, milliseconds, cpu_seconds, best, queries, chrf_program, settings):
    """The JSON of one peer. `best`: target of the best match or None, one for each query that was done."""
    times = sorted(milliseconds)
    chrf2 = mean_chrf2(chrf_program, [(b, reference) for b, (_, reference) in zip(best, queries)])
    return {
        "name": name,
        "load_seconds": round(load_seconds, 2),
        "disk_bytes": disk_bytes,
        "p50_ms": round(percentile(times, .5), 3),
        "p95_ms": round(percentile(times, .95), 3),
        "p99_ms": round(percentile(times, .99), 3),
        "cpu_mean_ms": round(cpu_seconds * 1e3 / max(1, len(times)), 3),
        "queries": len(times),
        "queries_given": len(queries),
        "hits": sum(b is not None for b in best),
        "chrf2": None if chrf2 is None else round(chrf2, 2),
        "load_average": [round(x, 2) for x in os.getloadavg()],
        "settings": settings,
    }


def timed(lookup, queries, seconds, warm_up, cpu_seconds):
    """Calls lookup(source) for each query until the time is up: (milliseconds, processor seconds, answers). First
    untimed, to warm up, for at most `warm_up` queries and a tenth of the time."""
    end = time.monotonic() + seconds / 10
    for source, _ in queries[:warm_up]:
        lookup(source)
        if time.monotonic() > end:
            break
    milliseconds, answers, cpu = [], [], cpu_seconds()
    end = time.monotonic() + seconds
    for source, _ in queries:
        start = time.perf_counter()
        answers.append(lookup(source))
        milliseconds.append((time.perf_counter() - start) * 1e3)
        if time.monotonic() > end:
            break
    return milliseconds, cpu_seconds() - cpu, answers


def save(folder, record):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, record["name"].replace(" ", "_") + ".json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(record, f, indent=2, ensure_ascii=False)
        f.write("\n")
    return path
