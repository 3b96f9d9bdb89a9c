#!/usr/bin/python3
"""What the peers' driver does without the peers: reading, counting, scoring, the table. Needs neither Java nor
PostgreSQL. Argument: the built chrf2."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench", "peers")
sys.path.insert(0, PEERS)
import common  # noqa: E402

CHRF2 = None


def ratio(p, r):
    return 100 * 5 * p * r / (4 * p + r)


class Tsv(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "m.tsv")
            with open(path, "w", encoding="utf-8", newline="\n") as f:
                f.write(text)
            return list(common.read_rows(path))

    def test_escapes_are_the_products(self):
        self.assertEqual(common.unescape(r"a\tb\nc\rd\\te\x\\"), "a\tb\nc\rd\\te\\x\\")
        for text in ("plain", "a\tb\nc\\n", "\\", "\\\\t\r", "会谈…"):
            self.assertEqual(common.unescape(common.escape(text)), text)

    def test_columns_are_found_by_name(self):
        self.assertEqual(self.read("target_lang\ttarget\tsource\nde\tJa\\n\tYes\n"), [("Yes", "Ja\n")])
        self.assertEqual(self.read("source\nYes\nNo"), [("Yes", ""), ("No", "")])

    def test_what_is_broken_is_named(self):
        with self.assertRaisesRegex(SystemExit, "no column source"):
            self.read("Yes\tJa\n")
        with self.assertRaisesRegex(SystemExit, "m.tsv:3: 1 columns"):
            self.read("source\ttarget\na\tb\nc\n")


class Results(unittest.TestCase):
    def test_percentiles(self):
        values = list(range(1, 101))
        self.assertEqual([common.percentile(values, s) for s in (.5, .95, .99, 1)], [51, 96, 100, 100])
        self.assertEqual(common.percentile([], .5), 0)

    def test_chrf2_is_the_projects_own(self):
        ab = ratio((1 + 1) / 2, (2 / 3 + 1 / 2) / 2)  # "ab" against "abc", as in tests/bench/chrf_test.cc
        pairs = [("ab", "abc"), ("Guten Tag", "Guten Tag"), ("a\tb\\", "a\tb\\"), ("x", "y"), (None, "abc")]
        self.assertAlmostEqual(common.mean_chrf2(CHRF2, pairs), (ab + 100 + 100 + 0 + 0) / 5, places=4)
        self.assertIsNone(common.mean_chrf2(CHRF2, [("ab", "")]))

    def test_chrf2_refuses_what_is_no_pair(self):
        done = subprocess.run([CHRF2], input="one cell\n", capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("1 cells", done.stderr)

    def test_a_query_without_a_match_counts_nothing(self):
        queries = [("q1", "abc"), ("q2", "abc"), ("not reached", "abc")]
        record = common.result("p", 1.234, 5, [3.0, 1.0], .01, ["abc", None], queries, CHRF2, {})
        self.assertEqual((record["queries"], record["queries_given"], record["hits"], record["chrf2"]), (2, 3, 1, 50))
        self.assertEqual((record["p50_ms"], record["p99_ms"], record["cpu_mean_ms"]), (3.0, 3.0, 5.0))

    def test_the_time_limit_ends_the_queries(self):
        asked = []
        queries = [(str(i), "") for i in range(100)]
        milliseconds, _, answers = common.timed(asked.append, queries, 0, 10, lambda: 0.0)
        self.assertEqual((len(milliseconds), len(answers), len(asked)), (1, 1, 2))  # one to warm up, one timed
        milliseconds, _, answers = common.timed(lambda q: q, queries, 3600, 10, lambda: 0.0)
        self.assertEqual(answers, [q for q, _ in queries])
        self.assertEqual(len(milliseconds), 100)


class Table(unittest.TestCase):
    def table(self, *records):
        with tempfile.TemporaryDirectory() as folder:
            paths = [common.save(folder, record) for record in records]
            return subprocess.run([os.path.join(PEERS, "table"), *paths], capture_output=True, text=True)

    RECORD = {"name": "ours", "load_seconds": 1.5, "disk_bytes": 12_000_000, "p50_ms": .02, "p95_ms": .1, "p99_ms": .6,
              "queries": 1000, "hits": 900, "chrf2": 61.52}

    def test_one_row_a_file_compared_with_the_first(self):
        other = dict(self.RECORD, name="other one", p50_ms=8, queries=300, queries_given=1000, chrf2=None)
        done = self.table(self.RECORD, other)
        self.assertEqual(done.stdout.splitlines()[2:4], [
            "| ours | 1.5 | 12 | 0.02 | 0.1 | 0.6 | - | 1000 | 900 | 61.5 | 1 |",
            "| other one | 1.5 | 12 | 8 | 0.1 | 0.6 | - | 300* | 900 | - | 400 |"])
        self.assertIn("time limit", done.stdout)
        self.assertNotIn("time limit", self.table(self.RECORD).stdout)

    def test_a_missing_figure_is_named(self):
        lacking = {k: v for k, v in self.RECORD.items() if k != "hits"}
        done = self.table(lacking)
        self.assertEqual(done.returncode, 1)
        self.assertIn("lacks hits", done.stderr)

    def test_files_are_json(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(common.save(folder, dict(self.RECORD, name="a b")), encoding="utf-8") as f:
                self.assertEqual(f.name, os.path.join(folder, "a_b.json"))
                self.assertEqual(json.load(f)["chrf2"], 61.52)


if __name__ == "__main__":
    CHRF2 = sys.argv.pop(1)
    unittest.main()
