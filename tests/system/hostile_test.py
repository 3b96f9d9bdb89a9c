#!/usr/bin/python3
"""Hostile files through the real command line: what it opens, how it ends, how long it takes, how much memory."""
import json
import os
import re
import shutil
import subprocess

import harness
import hostile_files
import system_test
from system_test import CliTest

# The bounds are generous, as test machines are busy; the real figures are printed.
SECONDS = 10
BYTES_A_SECOND = 5 * hostile_files.MB
MEMORY_KB = 256 * 1024
TRACE = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-s", "4096",
         "-e", "trace=open,openat,openat2,creat,execve,socket,connect"]
# Runs a program as a child of a process that is small: a child's peak begins at its parent's.
MEASURE = """
import json, os, sys, time
begin = time.monotonic()
pid = os.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as out:
    json.dump([time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss], out)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


def opened(trace):
    """Of a trace: the files that were opened, with numbers as N, and the lines of everything that is no file."""
    files, others = set(), []
    for line in trace.splitlines():
        if re.match(r"\d+ +(open|openat|openat2|creat)\(", line):
            files.add(re.search(r'"((?:[^"\\]|\\.)*)"', line).group(1))
        elif re.match(r"\d+ +(socket|connect|execve)\(", line):
            others.append(line)
    return files, others


def numberless(path):
    return re.sub(r"\d+", "N", path)


class HostileTest(CliTest):
    def setUp(self):
        super().setUp()
        self.ok("memory", "create", "m", where=["--embedded", self.path("empty")])
        self.count = 0

    def store(self):
        """A store with an empty memory. What is left of the one before goes."""
        shutil.rmtree(self.path("store"), ignore_errors=True)
        shutil.copytree(self.path("empty"), self.path("store"))

    def command(self, file, form):
        return [os.path.join(system_test.ARGS.bin, "reprise"), "--embedded", self.path("store"), "--json", "import",
                "--memory", "m", "--from", "en", "--to", "de", "--format", form, file]

    def trace(self, argv):
        self.store()
        log = self.path("trace")
        result = harness.run([*TRACE, "-o", log, *argv], XDG_STATE_HOME=self.path("state"))
        with open(log, encoding="utf-8", errors="replace") as file:
            return result, *opened(file.read())

    def measure(self, argv):
        """How it ended, seconds, seconds of processor, peak in KB."""
        self.store()
        figures = self.path("figures")
        result = harness.run(["/usr/bin/python3", "-I", "-S", "-c", MEASURE, figures, *argv],
                             XDG_STATE_HOME=self.path("state"))
        with open(figures, encoding="utf-8") as file:
            return result, *json.load(file)

    def foreign(self, files, input_file):
        """The files that are neither the input nor below the test's store and state."""
        own = tuple(self.path(name) for name in ("store", "state"))
        return {numberless(path) for path in files
                if path != input_file and not any(path == p or path.startswith(p + "/") for p in own)}

    def needs_strace(self):
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        if harness.run([*TRACE, "-o", "/dev/null", "true"]).code != 0:
            self.skipTest("strace may not trace here (ptrace is not allowed)")

    def harmless(self):
        """One harmless file of each format, plain and compressed: what they open is what any import opens."""
        units = "".join(hostile_files.tu(f"a {i}") for i in range(3))
        tmx = hostile_files.tmx(units).encode()
        table = b"source_lang\ttarget_lang\tsource\ttarget\nen\tde\ta\tb\n"
        jsonl = b'{"variants":[{"locale":"en","text":"a"},{"locale":"de","text":"b"}]}\n'
        yield "tmx", tmx
        yield "xliff", hostile_files.xliff(hostile_files.trans_unit("a")).encode()
        yield "xliff2", hostile_files.xliff2(hostile_files.unit("a")).encode()
        yield "po", hostile_files.po('msgid "a"\nmsgstr "b"\n').encode()
        yield "tsv", table
        yield "csv", table.replace(b"\t", b",")
        yield "jsonl", jsonl
        yield "text", b"a\tb\n"
        yield "tmx", hostile_files.zip_of(("a.tmx", tmx))
        yield "tmx", zstd(tmx)

    def test_the_trace_sees_what_must_not_be(self):
        self.needs_strace()
        script = ("import socket; open('/etc/passwd'); s = socket.socket();\n"
                  "try: s.connect(('127.0.0.1', 1))\nexcept OSError: pass")
        _, files, others = self.trace(["/usr/bin/python3", "-c", script])
        self.assertIn("/etc/passwd", self.foreign(files, "x"))
        self.assertTrue([line for line in others if "socket(" in line], others)
        self.assertTrue([line for line in others if "connect(" in line], others)

    def test_nothing_but_input_and_store_is_opened(self):
        self.needs_strace()
        allowed = set()
        for form, content in self.harmless():
            file = self.write("input", content)
            result, files, others = self.trace(self.command(file, form))
            self.assertEqual(result.code, 0, result)
            self.assertEqual(len(others), 1, others)  # it was started
            allowed |= self.foreign(files, file)
        for path in allowed:
            # Libraries, the zone of the clock, what the kernel says of itself: nothing that a person owns.
            self.assertRegex(path,
                             r"^(/lib|/usr/lib|/etc/ld\.so\.cache$|/etc/localtime$|/proc/|/sys/|/usr/share/zoneinfo)",
                             sorted(allowed))
        for case in hostile_files.cases(zstd):
            with self.subTest(case.name):
                file = self.write("input", case.content)
                result, files, others = self.trace(self.command(file, case.format))
                self.assertIn(result.code, (0, 1), result)
                self.assertEqual(len(others), 1, others)
                # Which of the processors' clocks is asked depends on the moment.
                strange = {path for path in self.foreign(files, file) - allowed
                           if not path.startswith("/sys/devices/system/cpu/")}
                self.assertEqual(strange, set())
                self.count += 1
        self.assertGreaterEqual(self.count, 60)
        print(f"\n{self.count} hostile files traced; beside input and store {len(allowed)} files are opened, as by "
              "harmless ones")

    def check_report(self, case, result):
        """The end of an import is what the documentation says: refused by line, or ended by a line."""
        if case.error is not None:
            self.assertEqual(result.code, 1, result)
            self.assertRegex(result.err, case.error, result)
        elif case.units is not hostile_files.ANY:
            self.assertEqual(result.code, 0, result)
        self.assertIn(result.code, (0, 1), result)
        self.assertLess(len(result.err), 100000)
        if result.code == 1:
            self.assertTrue(result.err.strip(), result)
        if result.code != 0:
            return
        report = json.loads(result.out.splitlines()[-1])
        self.check_sum(report)
        if case.units is not hostile_files.ANY:
            self.assertEqual(report["read"] - report["refused"], case.units, report)
        if case.refused is not hostile_files.ANY:
            self.assertEqual(report["refused"], case.refused, report)
        for refusal in report["refusals"]:
            self.assertTrue(refusal["reason"], report)
            self.assertLess(len(refusal["reason"]), 1000)

    def test_each_ends_soon_in_little_memory_with_the_right_report(self):
        harmless = []
        for form, content in self.harmless():
            result, *figures = self.measure(self.command(self.write("input", content), form))
            self.assertEqual(result.code, 0, result)
            harmless.append(figures)
        start, peak = (sorted(figure[i] for figure in harmless)[len(harmless) // 2] for i in (0, 2))
        rows = []
        for case in hostile_files.cases(zstd):
            with self.subTest(case.name):
                file = self.write("input", case.content)
                result, seconds, processor, memory = self.measure(self.command(file, case.format))
                rows.append((seconds - start, processor, memory - peak, len(case.content), result.code, case.name))
                self.check_report(case, result)
                self.assertLess(seconds - start, max(SECONDS, len(case.content) / BYTES_A_SECOND), rows[-1])
                self.assertLess(memory - peak, MEMORY_KB, rows[-1])
        print(f"\na harmless file: {start:.2f} s, peak {peak / 1024:.0f} MB; {len(rows)} hostile ones, beyond that:")
        for seconds, processor, memory, size, code, name in sorted(rows, reverse=True)[:15]:
            print(f"{seconds:6.2f} s {processor:6.2f} s of processor {memory / 1024:6.1f} MB  exit {code}  "
                  f"{size:>9} bytes  {name}")
        print(f"most memory: {max(row[2] for row in rows) / 1024:.1f} MB "
              f"({max(rows, key=lambda row: row[2])[-1]})")


if __name__ == "__main__":
    system_test.main()
