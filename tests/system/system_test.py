"""The product from outside: the real server, the real command line, a generated Python client.

Run by ctest; by hand: /usr/bin/python3 tests/system/system_test.py --bin build/release/bin --source .
"""
import argparse
import copy
import gzip
import json
import lzma
import os
import socket
import sys
import threading
import unittest
import xml.etree.ElementTree as ElementTree
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402

ARGS = None  # --bin, --source
GENERATED = None  # directory of the Python client
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")


def sample(name):
    return os.path.join(ARGS.source, "samples", name)


class CliTest(unittest.TestCase):
    """A test with a directory of its own, which runs the command line."""

    def setUp(self):
        holder = harness.temporary_directory()
        self.addCleanup(holder.cleanup)
        self.dir = holder.name
        self.where = []

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
        return self.path(name)

    def cli(self, *arguments, stdin=b"", where=None, **env):
        place = self.where if where is None else where
        return harness.run([os.path.join(ARGS.bin, "reprise")] + place + list(arguments), stdin, **env)

    def ok(self, *arguments, **more):
        result = self.cli(*arguments, **more)
        self.assertEqual(result.code, 0, f"{arguments}: {result}")
        return result

    def ok_json(self, *arguments, **more):
        lines = self.ok("--json", *arguments, **more).out.splitlines()
        return [json.loads(line) for line in lines]

    def fails(self, pattern, *arguments, code=1, **more):
        result = self.cli(*arguments, **more)
        self.assertEqual(result.code, code, f"{arguments}: {result}")
        self.assertRegex(result.err, pattern, f"{arguments}: {result}")
        return result

    def lookup(self, memory, text, source, target, *more, **env):
        return self.ok_json("lookup", "--memory", memory, "--from", source, "--to", target, *more, "--", text, **env)[0]

    def create_and_import(self, memory, *files):
        self.ok("memory", "create", memory)
        return self.ok_json("import", "--memory", memory, *files)[-1]

    def check_sum(self, report):
        parts = sum(report[key] for key in ("added", "updated", "merged", "skipped", "refused"))
        self.assertEqual(report["read"], parts, report)

    def check_schema(self, path, name="xliff-core-1.2-transitional.xsd"):
        shared = os.path.join(os.path.dirname(os.path.abspath(ARGS.source)), "shared", "schema")
        schema = os.path.join(shared, name)
        if not os.path.exists(schema):
            return  # the schemas are no part of the repository
        result = harness.run(["xmllint", "--noout", "--nonet", "--schema", schema, path])
        self.assertEqual(result.code, 0, result)


class ServerTest(CliTest):
    """A test with a running server on an empty data directory."""

    def setUp(self):
        super().setUp()
        self.server = harness.Server(ARGS.bin, self.path("store"))
        self.addCleanup(lambda: self.server.kill())
        self.where = ["--server", self.server.address]

    def restart(self):
        self.assertEqual(self.server.stop(), 0, self.server.log)
        self.server = harness.Server(ARGS.bin, self.path("store"))
        self.where = ["--server", self.server.address]

    def channel(self):
        import grpc
        channel = grpc.insecure_channel(self.server.address, options=[("grpc.enable_http_proxy", 0)])
        self.addCleanup(channel.close)
        return channel


class LifeTest(ServerTest):
    def test_import_lookup_restart_delete_export_elsewhere(self):
        report = self.create_and_import("news", sample("diplomacy.tmx"))
        self.check_sum(report)
        self.assertEqual(report["refused"], 0, report)
        self.assertGreaterEqual(report["added"], 150)

        text = "The meeting opened with a minute of silence for the victims of the earthquake."
        exact = self.lookup("news", text, "en", "de")
        self.assertEqual(list(exact), ["query", "source_locale", "target_locale", "total", "matches"])
        best = exact["matches"][0]
        self.assertEqual((best["score"], best["band"], best["source"]), (100, "exact", text))
        self.assertEqual(best["target"], "Das Treffen begann mit einer Schweigeminute für die Opfer des Erdbebens.")
        self.assertEqual(sorted(best), sorted([
            "score", "base", "band", "relevance", "source", "target", "source_locale", "target_locale", "unit",
            "memory", "below_threshold", "pivot", "plural_changed", "penalties", "substitutions", "edits"]))
        self.assertIsInstance(best["unit"], str)
        self.assertEqual(best["memory"], "news")

        fuzzy = self.lookup("news", "The talks will last three days.", "en", "zh-CN")["matches"][0]
        self.assertEqual(fuzzy["band"], "fuzzy")
        self.assertTrue(70 <= fuzzy["score"] <= 94, fuzzy)
        self.assertIn("replaced", [edit["kind"] for edit in fuzzy["edits"]])
        reverse = self.lookup("news", "会谈将持续两天。", "zh-CN", "ru")["matches"][0]
        self.assertEqual((reverse["score"], reverse["target"]), (100, "Переговоры продлятся два дня."))

        self.restart()
        self.assertEqual(self.lookup("news", text, "en", "de"), exact)

        self.ok("unit", "delete", "--memory", "news", best["unit"])
        self.assertNotIn(best["unit"], [m["unit"] for m in self.lookup("news", text, "en", "de")["matches"]])
        self.fails("(?i)unit", "unit", "get", "--memory", "news", best["unit"])
        self.restart()
        self.assertNotIn(best["unit"], [m["unit"] for m in self.lookup("news", text, "en", "de")["matches"]])

        # Elsewhere: another store, the same answers.
        first = self.path("first.tmx")
        self.ok("export", "--memory", "news", "-o", first)
        elsewhere = ["--embedded", self.path("elsewhere")]
        self.ok("memory", "create", "news", where=elsewhere)
        again = self.ok_json("import", "--memory", "news", first, where=elsewhere)[-1]
        self.assertEqual((again["added"], again["refused"]), (report["added"] - 1, 0), again)
        second = self.path("second.tmx")
        self.ok("export", "--memory", "news", "-o", second, where=elsewhere)
        self.assertEqual(units_of(first), units_of(second))
        self.assertEqual(len(units_of(first)), report["added"] - 1)
        query = "The talks will last three days."
        here, there = (self.lookup("news", query, "en", "ru", where=place) for place in (self.where, elsewhere))
        for match in here["matches"] + there["matches"]:
            del match["unit"]
        self.assertEqual(here, there)

    def test_any_spelling_of_a_locale_and_its_language(self):
        self.create_and_import("m", os.path.join(DATA, "small.tmx"))
        match = self.lookup("m", "The harbour was closed at noon.", "en", "zh-CN")["matches"][0]
        self.assertEqual((match["score"], match["source_locale"], match["target"]), (100, "en-US", "港口在中午关闭。"))
        match = self.lookup("m", "The harbour was closed at noon.", "EN_gb", "de-AT")["matches"][0]
        self.assertEqual((match["base"], match["score"]), (100, 99))
        self.assertEqual(match["penalties"][0]["name"], "fallback")

    def test_lookup_of_lines_keeps_their_order(self):
        self.create_and_import("m", os.path.join(DATA, "small.tmx"))
        queries = []
        for number in range(700):
            queries.append("The ferry leaves every two hours." if number % 3 == 0 else "" if number % 50 == 1
                           else f"Nothing like number {number} is stored here")
        answers = self.ok_json("lookup", "--memory", "m", "--from", "en", "--to", "de", "--input", "-", "--total",
                               stdin="\r\n".join(queries).encode())
        self.assertEqual([answer["query"] for answer in answers], queries)
        for answer in answers:
            hit = answer["query"].startswith("The ferry")
            self.assertEqual(len(answer["matches"]), 1 if hit else 0, answer)
            if answer["query"]:
                self.assertEqual(answer["total"], 1 if hit else 0)

    def test_one_bad_line_ends_nothing(self):
        self.create_and_import("m", os.path.join(DATA, "small.tmx"))
        result = self.cli("--json", "lookup", "--memory", "m", "--from", "en", "--to", "de", "--input", "-",
                          stdin=b"The ferry leaves every two hours.\nbad \xff byte\nThe harbour was closed at noon.\n")
        self.assertEqual(result.code, 1, result)
        answers = [json.loads(line) for line in result.out.splitlines()]
        self.assertEqual([len(answer["matches"]) for answer in answers], [1, 0, 1])
        self.assertEqual(answers[1]["error"]["code"], 3)
        self.assertIn("UTF-8", answers[1]["error"]["message"])

    def test_admin_seals_merges_and_says_so(self):
        report = self.create_and_import("m", sample("diplomacy.tmx"))
        query = ("m", "The talks will last three days.", "en", "de")
        before = self.lookup(*query)
        status = self.ok_json("admin", "status")[0]
        self.assertEqual((status["memories"], status["runs"], status["run_rows"]), (1, 0, 0), status)
        self.assertGreater(status["delta_rows"], report["added"])
        sealed = self.ok_json("admin", "seal")[0]
        self.assertEqual(sealed["runs_before"], 0)
        self.assertGreater(sealed["runs_after"], 1)
        unit = before["matches"][0]["unit"]
        self.ok("unit", "delete", "--memory", "m", unit)
        self.assertGreater(self.ok_json("admin", "status")[0]["dead_rows"], 0)
        self.assertEqual(self.ok_json("admin", "merge")[0]["runs_after"], sealed["runs_after"])
        merged = self.ok_json("admin", "status")[0]
        self.assertEqual((merged["delta_rows"], merged["dead_rows"]), (0, 0), merged)
        self.assertLess(merged["run_rows"], status["delta_rows"])
        self.assertNotIn(unit, [match["unit"] for match in self.lookup(*query)["matches"]])
        self.fails("'compact' is no verb", "admin", "compact", code=2)

    def test_a_rebuild_makes_no_store(self):
        new = self.path("new")
        reprised = os.path.join(ARGS.bin, "reprised")
        result = harness.run([reprised, "--rebuild", "--data-dir", new])
        self.assertEqual(result.code, 1, result)
        self.assertIn("there is no store in " + new, result.err)
        self.assertFalse(os.path.exists(new))
        embedded = self.cli("admin", "rebuild", where=["--embedded", new])
        self.assertEqual(embedded.code, 1, embedded)
        self.assertIn("there is no store in " + new, embedded.err)
        self.assertFalse(os.path.exists(new))
        self.create_and_import("m", sample("diplomacy.tmx"))
        self.server.stop()
        result = harness.run([reprised, "--rebuild", "--data-dir", self.path("store")])
        self.assertEqual(result.code, 0, result)
        self.assertRegex(result.out, r"rebuilt the index of \d+ units")

    def test_equal_memories_are_exported_equal_without_ids(self):
        self.create_and_import("other", sample("diplomacy.tmx"))
        self.create_and_import("a", os.path.join(DATA, "small.tmx"))
        self.ok("export", "--memory", "a", "--format", "jsonl", "-o", self.path("a.jsonl"))
        self.create_and_import("b", self.path("a.jsonl"))
        def lines(memory, *options):
            return self.ok("export", "--memory", memory, "--format", "jsonl", "-o", "-", *options).out
        self.assertNotEqual(lines("a"), lines("b"))
        self.assertEqual(lines("a", "--no-ids"), lines("b", "--no-ids"))
        self.assertNotIn('"revision"', lines("a", "--no-ids"))
        self.fails(r"without_ids \(--no-ids\): is of JSON Lines alone", "export", "--memory", "a", "--no-ids", "-o",
                   self.path("a.tmx"))

    def test_parts_of_a_text_sentences_and_completions(self):
        pairs = self.write("parts.tsv", "source\ttarget\nsafety valve\tSicherheitsventil\nOpen the cover.\t"
                           "Öffnen Sie die Abdeckung.\nRemove the filter.\tEntfernen Sie den Filter.\n")
        self.ok("memory", "create", "m")
        self.ok_json("import", "--memory", "m", "--from", "en", "--to", "de", pairs)
        text = "Check the safety valve of the pump"
        self.assertNotIn("fragments", self.lookup("m", text, "en", "de"))
        answer = self.lookup("m", text, "en", "de", "--fragments")
        self.assertEqual((answer["matches"], answer["fragments_cut"], answer["shared_parts"]), ([], False, []), answer)
        fragment = answer["fragments"][0]
        self.assertEqual(fragment["query_range"], {"begin": 10, "end": 22}, answer)
        self.assertEqual((fragment["match"]["target"], fragment["match"]["score"]), ("Sicherheitsventil", 100), answer)
        shown = self.ok("lookup", "--memory", "m", "--from", "en", "--to", "de", "--fragments", text).out
        self.assertIn("part  safety valve  (100)", shown)
        both = "Open the cover. Remove the filter."
        match = self.lookup("m", both, "en", "de", "--assemble")["matches"][0]
        self.assertEqual((match["score"], match["assembled"], match["unit"]), (94, True, ""), match)
        self.assertEqual(match["target"], "Öffnen Sie die Abdeckung. Entfernen Sie den Filter.", match)
        self.assertEqual([part["score"] for part in match["parts"]], [100, 100], match)
        two = self.write("two.tsv", "source\ttarget\nWash it. Dry it well.\tWaschen Sie ihn. Trocknen Sie ihn gut.\n")
        self.ok_json("import", "--memory", "m", "--from", "en", "--to", "de", two)
        self.assertEqual(self.lookup("m", "Dry it well.", "en", "de")["matches"], [])
        match = self.lookup("m", "Dry it well.", "en", "de", "--sentences")["matches"][0]
        self.assertEqual((match["score"], match["target"], match["sentence"]),
                         (94, "Trocknen Sie ihn gut.", {"number": 2, "count": 2}), match)
        shown = self.ok("lookup", "--memory", "m", "--from", "en", "--to", "de", "--sentences", "Dry it well.").out
        self.assertIn("sentence 2 of 2 of what is stored", shown)
        suggest = ["suggest", "--memory", "m", "--from", "en", "--to", "de", text]
        first = self.ok_json(*suggest, "--prefix", "Das Sich")[0]
        self.assertEqual((first["append"], first["text"], first["origin"]),
                         ("erheitsventil", "Sicherheitsventil", "fragment"), first)
        self.assertIn("nothing goes on", self.ok(*suggest, "--prefix", "xyz").out)
        self.fails("max_results", *suggest, "--max-results", "51")
        self.fails("memory \"none\" does not exist", "suggest", "--memory", "none", "--from", "en", "--to", "de", text)

    def test_a_lookup_explains_its_plan_when_asked(self):
        self.create_and_import("m", sample("diplomacy.tmx"))
        query = ("m", "The talks will last three days.", "en", "de")
        self.assertNotIn("plan", self.lookup(*query))
        plan = self.lookup(*query, "--explain-plan")["plan"]
        self.assertEqual((plan["indexes"], plan["runs"], plan["deepest"]), (1, 0, 70), plan)
        self.assertGreater(plan["delta_rows"], 100)
        self.ok("admin", "seal")
        plan = self.lookup(*query, "--explain-plan")["plan"]
        self.assertEqual((plan["runs"], plan["delta_rows"]), (1, 0), plan)
        for stage in ("postings", "candidates", "rows", "aligned", "hits", "segments_read"):
            self.assertGreater(plan[stage], 0, plan)
        self.assertGreater(plan["search_us"], 0)
        self.assertIs(plan["fill_cut"], False)

    def test_memories(self):
        self.ok("memory", "create", "b", "--display-name", "Second", "--policy", "skip")
        self.ok("memory", "create", "a")
        listed = self.ok_json("memory", "list")
        self.assertEqual([memory["name"] for memory in listed], ["a", "b"])
        self.assertEqual((listed[1]["display_name"], listed[1]["duplicate_policy"]), ("Second", "skip"))
        self.assertEqual(self.ok_json("memory", "get", "b")[0]["name"], "b")
        self.assertRegex(self.ok("memory", "get", "b").out, r"  policy       skip\n")
        self.assertRegex(self.ok("memory", "get", "a").out, r"  policy       none set \(keep-all\)\n")
        self.ok("import", "--memory", "a", os.path.join(DATA, "small.tmx"))
        stats = self.ok_json("memory", "stats", "a")[0]
        self.assertEqual(stats["units"], 2)
        self.assertEqual({item["locale"]: item["variants"] for item in stats["locales"]},
                         {"de": 2, "en-US": 2, "zh-CN": 1})
        self.fails("(?i)exist", "memory", "create", "a")
        self.ok("memory", "delete", "a")
        self.assertEqual([memory["name"] for memory in self.ok_json("memory", "list")], ["b"])

    def test_what_a_memory_says_of_itself_holds_in_every_call(self):
        self.ok("memory", "create", "mt", "--penalty", "machine=20,memory=3", "--priority", "4", "--description", "d")
        unit = {"variants": [{"locale": "en", "content": {"text": "Save the file"}},
                             {"locale": "de", "content": {"text": "Datei speichern"}, "origin": "ORIGIN_MACHINE"}]}
        self.ok("unit", "put", "--memory", "mt", stdin=json.dumps(unit).encode())
        match = self.lookup("mt", "Save the file", "en", "de")["matches"][0]
        self.assertEqual(match["score"], 77)
        self.assertEqual([(p["name"], p["points"], p["source"]) for p in match["penalties"]],
                         [("machine", 20, "memory"), ("memory", 3, "memory")])
        shown = self.ok("lookup", "--memory", "mt", "--from", "en", "--to", "de", "Save the file").out
        self.assertIn("machine -20 (by the memory), memory -3 (by the memory)", shown)
        report = self.ok("analyze", "--memory", "mt", "--from", "en", "--to", "de",
                         self.write("a.txt", "Save the file\n")).out
        self.assertRegex(report, r"memories: +mt -3\n")
        self.assertRegex(report, r"penalties: .*machine 5, .*; in mt machine 20\n")
        # A profile says otherwise, point by point.
        self.ok("profile", "create", "p", "--memory", "mt", "--penalty", "machine=1")
        match = self.ok_json("lookup", "--profile", "p", "--from", "en", "--to", "de", "Save the file")[0]["matches"][0]
        self.assertEqual([(p["name"], p["points"], p["source"]) for p in match["penalties"]],
                         [("machine", 1, "profile"), ("memory", 3, "memory")])
        # One thing is changed, the others stay; after a restart, too.
        self.ok("memory", "update", "mt", "--penalty", "draft=7", "--display-name", "N")
        self.restart()
        self.assertEqual(self.ok_json("memory", "get", "mt")[0]["defaults"],
                         {"priority": 4, "penalties": {"memory": 3, "machine": 20, "draft": 7}})
        self.assertRegex(self.ok("memory", "get", "mt").out, r"description  d\n(.*\n)*  defaults     priority 4, penalty "
                                                             r"memory 3, penalty machine 20, penalty draft 7\n")
        before = self.ok_json("memory", "get", "mt")
        done = self.ok("memory", "update", "mt", "--priority", "4")
        self.assertIn("nothing to change", done.err)
        self.assertEqual(self.ok_json("memory", "update", "mt"), before)
        self.assertEqual(self.ok_json("memory", "get", "mt"), before)
        self.ok("memory", "update", "mt", "--reset", "priority,penalties")
        self.assertEqual(self.ok_json("memory", "get", "mt")[0]["defaults"], {"penalties": {}})
        self.assertEqual(self.lookup("mt", "Save the file", "en", "de")["matches"][0]["score"], 95)
        self.fails("--penalty: 'x=1' is not NAME=POINTS, the names being memory, codes", "memory", "create", "b",
                   "--penalty", "x=1")
        self.fails(r"memory.defaults.penalties.machine \(--penalty\): is 101", "memory", "create", "b", "--penalty",
                   "machine=101")
        self.fails(r"memory.defaults.penalty \(--penalty memory=POINTS\): is -1", "memory", "update", "mt", "--penalty",
                   "memory=-1")
        self.fails("(?i)exist", "memory", "update", "none", "--priority", "1")

    def test_units_go_out_and_in(self):
        self.create_and_import("m", os.path.join(DATA, "small.tmx"))
        unit = self.lookup("m", "The ferry leaves every two hours.", "en", "de")["matches"][0]["unit"]
        line = self.ok("--json", "unit", "get", "--memory", "m", unit).out
        self.assertEqual(json.loads(line)["name"], f"memories/m/units/{unit}")
        self.assertIn("Die Fähre", self.ok("unit", "get", "--memory", "m", unit).out)
        self.ok("memory", "create", "other")
        put = self.ok_json("unit", "put", "--memory", "other", stdin=line.encode())
        self.assertEqual(put[0]["outcome"], "added")
        self.assertEqual(len(self.lookup("other", "The ferry leaves every two hours.", "en", "de")["matches"]), 1)
        self.fails("line 1 is not a unit", "unit", "put", "--memory", "other", stdin=b"{nonsense\n")

    def test_many_units_are_deleted_only_after_a_count(self):
        self.create_and_import("m", os.path.join(DATA, "small.tmx"))
        self.fails("all", "unit", "delete-matching", "--memory", "m")
        self.fails("--before", "unit", "delete-matching", "--memory", "m", "--before", "soon")
        self.assertIn("0 units match", self.ok("unit", "delete-matching", "--memory", "m", "--since", "2999-01-01").out)
        what = ("unit", "delete-matching", "--memory", "m", "--locale", "de", "--contains", "FÄHRE")
        self.assertEqual(self.ok_json(*what)[0], {"dry_run": True, "matched": "1", "deleted": "0",
                                                  "changed_meanwhile": "0"})
        self.assertIn("Give --yes", self.ok(*what).out)
        self.assertEqual(self.ok_json("memory", "stats", "m")[0]["units"], 2)
        self.assertIn("deleted 1 unit", self.ok(*what, "--yes").out)
        self.assertEqual(self.ok_json("memory", "stats", "m")[0]["units"], 1)
        self.assertEqual(self.ok_json("unit", "delete-matching", "--memory", "m", "--all", "--yes")[0]["deleted"], "1")

    def test_every_search_takes_a_filter(self):
        self.ok("memory", "create", "m")
        rows = self.write("rows.jsonl", "".join(json.dumps({"source_locale": "en", "variants": [
            {"locale": "en", "text": "The safety valve is open."},
            {"locale": "de", "text": text, "changed_by": author, "status": status}]}) + "\n"
            for text, author, status in (("Das Sicherheitsventil ist offen.", "ann", "final"),
                                         ("Sicherheitsventil offen", "bob", "draft"))))
        self.ok("import", "--memory", "m", rows)
        where = ("--memory", "m", "--from", "en", "--to", "de")
        for verb in (("lookup", "The safety valve is open."), ("concordance", "valve"),
                     ("suggest", "The safety valve is open.")):
            self.assertIn("Das", self.ok(verb[0], *where, verb[1]).out, verb)
            bob = self.ok(verb[0], *where, "--author", "bob", verb[1]).out
            self.assertNotIn("Das", bob, verb)
            self.assertIn("Sicherheitsventil", bob, verb)
            self.assertNotIn("offen", self.ok(verb[0], *where, "--min-status", "final", "--author", "bob", verb[1]).out)
            self.fails("--since", verb[0], *where, "--since", "soon", verb[1])
        guess = ("concordance", "--memory", "m", "--from", "en", "valve", "--guess")
        self.fails("--guess: needs --to LOCALE", *guess)
        self.fails("--guess: .*with --in both there is none", *guess, "--to", "de", "--in", "both")
        self.fails("--fuzzy: cannot be combined with --regex", *guess[:-1], "--fuzzy", "--regex")
        out = self.ok("export", "--memory", "m", "--format", "jsonl", "--min-status", "final", "-o", "-").out
        self.assertIn("ann", out)
        self.assertNotIn("bob", out)

    def test_text_is_replaced_only_after_a_look(self):
        self.create_and_import("m", os.path.join(DATA, "small.tmx"))
        what = ("unit", "replace", "--memory", "m", "--locale", "de", "--find", "fähre", "--with", "Barke", "--fold")
        shown = self.ok_json(*what)[0]
        self.assertEqual((shown["variants"], shown["replaced"], len(shown["previews"])), ("1", "0", 1))
        self.assertIn("Fähre", shown["previews"][0]["before"])
        self.assertIn("Barke", shown["previews"][0]["after"])
        self.assertIn("+ Die Barke", self.ok(*what).out)
        self.assertIn("changed 1 text", self.ok(*what, "--yes", "--actor", "ann").out)
        best = self.lookup("m", "The ferry leaves every two hours.", "en", "de")["matches"][0]
        self.assertIn("Barke", best["target"])
        unit = self.ok_json("unit", "get", "--memory", "m", best["unit"])[0]
        self.assertEqual(unit["revision"], "2")
        self.assertIn("ann", [variant.get("changed_by") for variant in unit["variants"]])

    def test_check_finds_and_merge_joins(self):
        pairs = self.write("pairs.tsv", "source\ttarget\nSave\tSichern\nSave\tSpeichern\nLondon\tLondon\n")
        self.create_and_import("a", pairs, "--from", "en", "--to", "de")
        report = self.ok_json("memory", "check", "a", "--from", "en", "--to", "de")
        self.assertEqual(report[0]["units"], "3")
        self.assertEqual(report[0]["counts"], {"duplicate": "0", "inconsistent": "1", "same-target": "0", "empty": "0",
                                               "identical": "1", "language": "0"})
        self.assertEqual([finding["kind"] for finding in report[1:]], ["inconsistent", "identical"])
        self.assertEqual(sorted(unit["target"] for unit in report[1]["units"]), ["Sichern", "Speichern"])
        self.assertIn("the same source with different targets", self.ok("memory", "check", "a").out)
        self.ok("memory", "create", "b")
        merge = ("memory", "merge", "a", "b", "--policy", "keep-all")
        self.assertEqual(self.ok_json(*merge)[0], {"from": "a", "into": "b", "read": "3", "added": "3", "updated": "0",
                                                   "merged": "0", "skipped": "0", "refused": "0"})
        self.assertEqual(self.ok_json(*merge)[0]["merged"], "3")
        self.assertEqual(self.ok_json("memory", "stats", "b")[0]["units"], 3)
        self.fails("same memory", "memory", "merge", "a", "a")

    def test_import_of_several_files_of_stdin_and_of_gzip(self):
        with open(os.path.join(DATA, "small.tmx"), "rb") as file:
            tmx = file.read()
        packed = self.write("small.tmx.gz", gzip.compress(tmx))
        tsv = self.write("pairs.tsv", "source\ttarget\nGood evening.\tGuten Abend.\n")
        self.ok("memory", "create", "m")
        report = self.ok_json("import", "--memory", "m", "--from", "en", "--to", "de", packed, tsv)[-1]
        self.assertEqual((report["read"], report["added"]), (3, 3), report)
        report = self.ok_json("import", "--memory", "m", "-", stdin=tmx)[-1]
        self.assertEqual((report["read"], report["added"]), (2, 0), report)
        self.check_sum(report)
        dry = self.ok_json("import", "--memory", "m", "--dry-run", "--from", "en", "--to", "fr", tsv)[-1]
        self.assertEqual(dry["read"], 1)
        self.assertEqual(self.lookup("m", "Good evening.", "en", "fr")["matches"], [])
        cut = self.write("cut.tmx.gz", gzip.compress(tmx)[:-20])
        self.fails("cut.tmx.gz: the gzip data ends early: the file is cut off", "import", "--memory", "m", cut)

    def test_import_of_zstd(self):
        packed = self.path("small.tmx.zst")
        result = harness.run(["zstd", "-q", os.path.join(DATA, "small.tmx"), "-o", packed])
        self.assertEqual(result.code, 0, result)
        with open(packed, "rb") as file:
            content = file.read()
        self.ok("memory", "create", "m")
        self.assertEqual(self.ok_json("import", "--memory", "m", packed)[-1]["added"], 2)
        self.assertEqual(self.ok_json("import", "--memory", "m", "-", stdin=content)[-1]["merged"], 2)

    def test_policies(self):
        first = self.write("1.tsv", "source\ttarget\tkey\nGood evening.\tGuten Abend.\tk\n")
        second = self.write("2.tsv", "source\ttarget\tkey\nGood evening.\tSchönen Abend.\tk\n")
        pair = ["--from", "en", "--to", "de"]
        for policy, outcome, targets in (("keep-all", "added", {"Guten Abend.", "Schönen Abend."}),
                                         ("overwrite", "updated", {"Schönen Abend."}),
                                         ("skip", "skipped", {"Guten Abend."})):
            self.ok("memory", "create", policy)
            self.ok("import", "--memory", policy, *pair, first)
            report = self.ok_json("import", "--memory", policy, "--policy", policy, *pair, second)[-1]
            self.assertEqual((report["read"], report[outcome]), (1, 1), policy)
            found = self.lookup(policy, "Good evening.", "en", "de")["matches"]
            self.assertEqual({match["target"] for match in found}, targets, policy)

    def test_progress_on_a_terminal_alone(self):
        rows = "".join(f"Sentence number {i} of the file.\tSatz {i}.\n" for i in range(3000))
        tsv = self.write("many.tsv", "source\ttarget\n" + rows + "No target.\t\n")
        command = [os.path.join(ARGS.bin, "reprise"), *self.where, "import", "--memory", "m", "--from", "en", "--to", "de", tsv]
        self.ok("memory", "create", "m")
        shown = harness.run_on_terminal(command)
        self.assertEqual(shown.code, 0, shown)
        self.assertRegex(shown.out, r"many\.tsv  \[=* *\] \d+%  [\d,]+ units  [\d,]+ units/s")
        self.assertIn("3002: refused: target is empty", shown.out)
        self.assertIn("3,001 units read: 3,000 added, 0 updated, 0 merged, 0 skipped, 1 refused", shown.out)
        silent = harness.run(command)
        self.assertNotIn("units/s", silent.out + silent.err)
        self.assertNotIn("\r", silent.out + silent.err)

    def test_export_tsv_to_stdout(self):
        self.create_and_import("m", os.path.join(DATA, "small.tmx"))
        out = self.ok("export", "--memory", "m", "--format", "tsv", "--from", "en-US", "--to", "de", "-o", "-").out
        self.assertIn("The ferry leaves every two hours.\tDie Fähre fährt alle zwei Stunden ab.", out)

    def test_every_format_goes_out_and_in(self):
        self.create_and_import("m", os.path.join(DATA, "small.tmx"))
        pair = ["--from", "en-US", "--to", "de"]
        for extension, format_word, flags in (("tmx", "tmx", []), ("jsonl", "jsonl", []), ("xlf", "xliff", pair),
                                              ("xlf", "xliff2", pair), ("po", "po", pair), ("csv", "csv", pair),
                                              ("tsv", "tsv", pair), ("tmx", "tmx", ["--flavor", "trados"])):
            out = self.path(f"{format_word}{len(flags)}.{extension}")
            self.ok("export", "--memory", "m", "--format", format_word, *flags, "-o", out)
            memory = f"{format_word}-{len(flags)}"
            self.ok("memory", "create", memory)
            report = self.ok_json("import", "--memory", memory, "--from", "en-US", out)[-1]
            self.assertEqual((report["added"], report["refused"]), (2, 0), format_word)
            found = self.lookup(memory, "The ferry leaves every two hours.", "en", "de")["matches"]
            self.assertEqual(found[0]["target"], "Die Fähre fährt alle zwei Stunden ab.", format_word)
        # The name of the output tells the format.
        out = self.path("named.po")
        self.ok("export", "--memory", "m", *pair, "-o", out)
        with open(out, encoding="utf-8") as file:
            self.assertIn('msgid "The ferry leaves every two hours."', file.read())
        self.fails("--to|target_locale", "export", "--memory", "m", "--format", "po", "--from", "en", "-o", out)
        self.fails("flavor", "export", "--memory", "m", "--format", "jsonl", "--flavor", "memoq", "-o", out)

    def test_import_of_moses_pairs(self):
        source = self.write("corpus.en", "Good evening.\n\tTab\\n\nGood night.")
        target = self.write("corpus.de", "Guten Abend.\r\n\tTabulator\\n\r\nGute Nacht.\r\n")
        moses = ["import", "--memory", "m", "--format", "moses"]
        self.ok("memory", "create", "m")
        report = self.ok_json(*moses, "--from", "en", "--to", "de", source, target)[-1]
        self.assertEqual((report["read"], report["added"]), (3, 3), report)
        self.assertEqual(self.lookup("m", "\tTab\\n", "en", "de")["matches"][0]["target"], "\tTabulator\\n")
        self.fails("two files", *moses, "--from", "en", "--to", "de", source)
        self.fails("--to", *moses, "--from", "en", source, target)
        short = self.write("short.de", "Guten Abend.\n")
        self.fails("second file ends after 1 lines", *moses, "--from", "en", "--to", "de", source, short)

    def test_import_of_zip_and_xz(self):
        with open(os.path.join(DATA, "small.tmx"), "rb") as file:
            tmx = file.read()
        po = b'msgid ""\nmsgstr "Language: de\\n"\n\nmsgid "Good evening."\nmsgstr "Guten Abend."\n'
        packed = self.path("all.zip")
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a/small.tmx", tmx)
            archive.writestr("b.po", po)
            archive.writestr("__MACOSX/b.po", b"nothing")
            archive.writestr("picture.png", b"\x89PNG")
        self.ok("memory", "create", "m")
        report = self.ok_json("import", "--memory", "m", packed)[-1]
        self.assertEqual((report["read"], report["added"], report["refused"]), (4, 3, 1), report)
        self.assertEqual(report["refusals"][0]["unit"], "picture.png")
        with open(packed, "rb") as file:
            whole = file.read()
        self.fails("the zip archive ends early", "import", "--memory", "m", self.write("cut.zip", whole[:-30]))
        xz = self.write("small.tmx.xz", lzma.compress(tmx))
        self.assertEqual(self.ok_json("import", "--memory", "m", xz)[-1]["merged"], 2)

    def test_stored_escape_sequences_reach_no_terminal(self):
        hostile = self.write("h.tsv", "source\ttarget\nPress \x1b]0;owned\x07 the key.\tTaste \x1b[2J drücken.\n")
        self.ok("memory", "create", "m")
        self.ok("import", "--memory", "m", "--from", "en", "--to", "de", hostile)
        for extra in ([], ["--json"]):
            result = self.ok(*extra, "lookup", "--memory", "m", "--from", "en", "--to", "de", "--floor", "1", "Press the key.")
            self.assertNotIn("\x1b", result.out + result.err)
            self.assertNotIn("\x07", result.out + result.err)

    def test_sigterm_drains(self):
        import grpc
        from reprise.v1 import memories_pb2, memories_pb2_grpc, transfer_pb2, transfer_pb2_grpc
        self.ok("memory", "create", "m")
        with open(os.path.join(DATA, "small.tmx"), "rb") as file:
            tmx = file.read()
        channel = self.channel()
        half_way = threading.Event()
        stopping = threading.Event()

        def requests():
            yield transfer_pb2.ImportRequest(config=transfer_pb2.ImportConfig(parent="memories/m"))
            yield transfer_pb2.ImportRequest(chunk=tmx[:500])
            half_way.set()
            if not stopping.wait(60):
                return
            yield transfer_pb2.ImportRequest(chunk=tmx[500:])

        call = transfer_pb2_grpc.TransferStub(channel).Import(requests(), timeout=60)
        self.addCleanup(call.cancel)
        self.assertTrue(half_way.wait(60))
        # An answered call after the stream's start: the server has the stream.
        memories_pb2_grpc.MemoriesStub(channel).ListMemories(memories_pb2.ListMemoriesRequest(), timeout=30)
        self.server.ask_to_stop()
        stopping.set()
        last = list(call)[-1]
        self.assertTrue(last.done)
        self.assertEqual(last.counts.added, 2)
        self.assertEqual(call.code(), grpc.StatusCode.OK)
        self.assertEqual(self.server.wait_stopped(), 0, self.server.log)
        stored = self.ok_json("memory", "stats", "m", where=["--embedded", self.path("store")])[0]
        self.assertEqual(stored["units"], 2)


def units_of(path):
    """The units of a TMX as a sorted list of {locale: text}, whatever their order and attributes."""
    units = []
    for unit in ElementTree.parse(path).getroot().iter("tu"):
        units.append(sorted((variant.get("{http://www.w3.org/XML/1998/namespace}lang"),
                             "".join(variant.find("seg").itertext())) for variant in unit.iter("tuv")))
    return sorted(units)


class AnswerTest(ServerTest):
    def put(self, source, target, source_locale="en", target_locale="fr"):
        unit = {"source_locale": source_locale,
                "variants": [{"locale": source_locale, "content": {"text": source}},
                             {"locale": target_locale, "content": {"text": target}}]}
        self.ok("unit", "put", "--memory", "m", stdin=json.dumps(unit).encode())

    def test_numbers_are_replaced_and_told(self):
        self.ok("memory", "create", "m")
        self.put("Total: 1,234.5 km", "Total\u00a0: 1\u202f234,5\u00a0km")
        match = self.lookup("m", "Total: 98,765.4 km", "en", "fr")["matches"][0]
        self.assertEqual((match["score"], match["target"]), (99, "Total\u00a0: 98\u202f765,4\u00a0km"))
        self.assertEqual(match["substitutions"], [
            {"query_text": "98,765.4", "stored_text": "1,234.5", "target_before": "1\u202f234,5",
             "target_after": "98\u202f765,4", "target_begin": 8, "target_end": 16, "refused": ""}])
        self.assertFalse(match["plural_changed"])
        out = self.ok("lookup", "--memory", "m", "--from", "en", "--to", "fr", "Total: 98,765.4 km").out
        self.assertIn("1\u202f234,5 → 98\u202f765,4", out)

    def test_another_plural_is_flagged(self):
        self.ok("memory", "create", "m")
        self.put("2个文件", "2 файла", "zh-CN", "ru")
        match = self.lookup("m", "5个文件", "zh-CN", "ru")["matches"][0]
        self.assertEqual((match["score"], match["target"], match["plural_changed"]), (95, "5 файла", True))

    def test_adapt(self):
        self.ok("memory", "create", "m")
        self.put("Save", "Enregistrer")
        self.assertEqual(self.lookup("m", "save!", "en", "fr")["matches"][0]["target"], "Enregistrer")
        self.assertEqual(self.lookup("m", "save!", "en", "fr", "--adapt")["matches"][0]["target"], "enregistrer!")


class ProfileTest(ServerTest):
    """Profiles from the command line, and what takes them; pivots and other scripts."""

    @staticmethod
    def rows(target, *pairs):
        """A TSV file of English texts and their translations."""
        lines = ["source_lang\ttarget_lang\tsource\ttarget"] + [f"en\t{target}\t{a}\t{b}" for a, b in pairs]
        return "\n".join(lines) + "\n"

    def setUp(self):
        super().setUp()
        self.create_and_import("news", self.write("a.tsv", self.rows("zh-CN", ("Save the file", "保存文件"), ("Open", "打开"))))
        self.create_and_import("old", self.write("b.tsv", self.rows("de", ("Save the file", "Datei sichern"))))
        self.ok("memory", "create", "mine")

    def test_life(self):
        made = self.ok_json("profile", "create", "ui", "--memory", "news,old:penalty=5", "--memory", "mine:write-only",
                            "--display-name", "Editors", "--threshold", "60", "--penalty", "machine=10,pivot=12",
                            "--author", "ann", "--since", "2024-05-31", "--pivot")[0]
        self.assertEqual(made["memories"], [
            {"name": "news", "read": True, "write": False, "priority": 0},
            {"name": "old", "read": True, "write": False, "priority": 1, "penalty": 5},
            {"name": "mine", "read": False, "write": True, "priority": 2}])
        self.assertEqual(made["lookup"]["penalties"], {"machine": 10, "pivot": 12})
        self.assertEqual((made["lookup"]["threshold"], made["lookup"]["pivot"]), (60, True))
        self.assertEqual(made["lookup"]["filter"]["authors"], ["ann"])
        self.ok("profile", "create", "a", "--memory", "news")
        self.restart()
        self.assertEqual([profile["name"] for profile in self.ok_json("profile", "list")], ["a", "ui"])
        self.assertIn("ui  Editors: news, old -5, mine (write-only)", self.ok("profile", "list").out)
        shown = self.ok("profile", "get", "ui").out
        self.assertRegex(shown, r"old +read +1 +5")
        self.assertIn("threshold 60, pivot, penalty machine 10, penalty pivot 12, filter", shown)
        changed = self.ok_json("profile", "update", "ui", "--floor", "40", "--reset", "penalties,filter",
                               "--pivot=false")[0]
        self.assertEqual(changed["lookup"], {"threshold": 60, "floor": 40, "pivot": False})
        self.assertEqual(len(changed["memories"]), 3)
        self.assertIn("nothing to change", self.ok("profile", "update", "ui").out)
        self.assertEqual(self.ok_json("profile", "delete", "ui"), [{"name": "ui", "deleted": True}])
        self.fails('profile "ui" does not exist', "profile", "get", "ui")

    def test_a_memory_that_is_named_is_not_deleted(self):
        self.ok("profile", "create", "ui", "--memory", "news")
        self.fails('named by the profile "ui"', "memory", "delete", "news")
        self.ok("profile", "delete", "ui")
        self.ok("memory", "delete", "news")

    def test_bad_profiles(self):
        self.fails('memory "gone" does not exist', "profile", "create", "ui", "--memory", "gone")
        self.fails("--memory: 'news:x' is not NAME", "profile", "create", "ui", "--memory", "news:x")
        self.fails(r"\(--memory\).*named twice", "profile", "create", "ui", "--memory", "news,news")
        self.fails("--penalty: 'x=1'", "profile", "create", "ui", "--memory", "news", "--penalty", "x=1")
        self.fails(r"\(--penalty\)", "profile", "create", "ui", "--memory", "news", "--penalty", "draft=101")
        self.fails(r"\(--threshold\)", "profile", "create", "ui", "--memory", "news", "--threshold", "0")
        self.fails(r"\(NAME\)", "profile", "create", "Ui", "--memory", "news")
        self.fails("--memory or --profile", "lookup", "--from", "en", "--to", "de", "x", code=2)
        self.fails("excludes", "lookup", "--from", "en", "--to", "de", "--memory", "news", "--profile", "ui", "x", code=2)
        self.fails('profile "gone" does not exist', "lookup", "--from", "en", "--to", "de", "--profile", "gone", "x")

    def test_every_verb_takes_one(self):
        self.ok("profile", "create", "ui", "--memory", "old:penalty=5,mine:write", "--max-results", "1")
        self.assertEqual(self.ok_json("import", "--profile", "ui",
                                      self.write("c.tsv", self.rows("de", ("Save the file", "Datei speichern"))))[-1]["added"], 1)
        matches = self.ok_json("lookup", "--profile", "ui", "--from", "en", "--to", "de", "Save the file")[0]["matches"]
        self.assertEqual([(match["memory"], match["score"]) for match in matches], [("mine", 100)])
        matches = self.ok_json("lookup", "--profile", "ui", "--from", "en", "--to", "de", "--max-results", "5",
                               "Save the file")[0]["matches"]
        self.assertEqual([(match["memory"], match["score"]) for match in matches], [("mine", 100), ("old", 95)])
        hits = self.ok_json("concordance", "--profile", "ui", "--from", "en", "file")
        self.assertEqual([hit["memory"] for hit in hits], ["old", "mine"])
        article = self.write("article.txt", "Save the file\n")
        self.assertIn("old -5, mine", self.ok("analyze", article, "--profile", "ui", "--from", "en", "--to", "de").out)
        self.assertRegex(self.ok("analyze", article, "--profile", "ui", "--from", "en", "--to", "de").out, r"profile: +ui")
        self.ok("localize", article, "--profile", "ui", "--from", "en", "--to", "de", "-o", self.path("out"))
        with open(self.path("out/article.de.txt"), encoding="utf-8") as draft:
            self.assertEqual(draft.read(), "Datei speichern\n")
        learnt = self.ok_json("learn", self.path("out/article.de.xlf"), "--profile", "ui")[-1]
        self.assertEqual(learnt["refused"], 0)
        unit = matches[0]["unit"]
        line = self.ok("--json", "unit", "get", "--memory", "mine", unit).out
        self.assertEqual(self.ok_json("unit", "put", "--profile", "ui", stdin=line.encode())[0]["outcome"], "merged")
        self.ok("profile", "update", "ui", "--memory", "old:write,mine:write")
        for verb in (("import", self.path("c.tsv")), ("unit", "put"), ("learn", self.path("out/article.de.xlf"))):
            self.fails("exactly one", *verb, "--profile", "ui", stdin=line.encode())

    def test_pivots_and_other_scripts_on_request(self):
        self.ok("import", "--memory", "news", self.write("d.tsv", self.rows("ru", ("Save the file", "Сохранить файл"))))
        self.assertEqual(self.lookup("news", "保存文件", "zh-CN", "ru")["matches"], [])
        match = self.lookup("news", "保存文件", "zh-CN", "ru", "--pivot")["matches"][0]
        self.assertEqual((match["score"], match["base"], match["target"]), (90, 100, "Сохранить файл"))
        self.assertEqual((match["pivot"]["locale"], match["pivot"]["text"]), ("en", "Save the file"))
        self.assertNotEqual(match["pivot"]["source_unit"], match["unit"])
        self.assertEqual(match["penalties"], [{"name": "pivot", "points": 10, "detail": "through en",
                                              "source": "default"}])
        shown = self.ok("lookup", "--memory", "news", "--from", "zh-CN", "--to", "ru", "--pivot", "保存文件").out
        self.assertIn('through en "Save the file" of unit', shown)
        self.ok("profile", "create", "free", "--memory", "news", "--pivot", "--penalty", "pivot=0")
        article = self.write("article.txt", "保存文件\n")
        self.ok("localize", article, "--profile", "free", "--from", "zh-CN", "--to", "ru", "-o", self.path("out"))
        with open(self.path("out/article.ru.txt"), encoding="utf-8") as draft:
            self.assertEqual(draft.read(), "⟦保存文件⟧\n")
        self.assertEqual(self.lookup("news", "Open", "en", "zh-TW")["matches"], [])
        match = self.lookup("news", "Open", "en", "zh-TW", "--other-scripts")["matches"][0]
        self.assertEqual((match["score"], match["target_locale"]), (95, "zh-CN"))


class AnalyzeTest(ServerTest):
    def counts(self, part):
        return {row["row"]: (row["counts"]["segments"], row["counts"]["words"], row["internal"]["segments"])
                for row in part["rows"] if row["counts"]["segments"]}

    def analyze(self, *arguments):
        return self.ok_json("analyze", "--memory", "m", "--from", "en", "--to", "de", *arguments)[0]

    def setUp(self):
        super().setUp()
        self.ok("memory", "create", "m")
        for source in ("The ferry leaves every two hours.", "The harbour was closed at noon."):
            unit = {"variants": [{"locale": "en", "content": {"text": source}},
                                 {"locale": "de", "content": {"text": "de: " + source}}]}
            self.ok("unit", "put", "--memory", "m", stdin=json.dumps(unit).encode())
        self.first = self.write("a.txt", "The ferry leaves every two hours. 42.\nChildren admire colourful balloons.\n"
                                         "The ferry leaves every two hours.\n")
        self.second = self.write("b.txt", "Children admire colourful balloons!\nThe harbour was closed at night.\n"
                                          "Children admire colourful balloons.\n")

    def test_rows_of_two_files(self):
        report = self.analyze(self.first, self.second)
        self.assertEqual([file["file"] for file in report["files"]], [self.first, self.second])
        self.assertEqual(self.counts(report["files"][0]), {"numbers": (1, 1, 0), "100": (2, 12, 0), "none": (1, 4, 0)})
        self.assertEqual(self.counts(report["files"][1]),
                         {"repetitions": (1, 4, 0), "99–95": (1, 4, 1), "84–75": (1, 6, 0)})
        self.assertEqual(report["total"]["total"]["segments"], 7)
        self.assertEqual(report["total"]["total"]["words"], 31)
        # 12*.2 + 4 + 4*.1 + 4*.3 + 6*.7
        self.assertAlmostEqual(report["total"]["weighted_words"], 12.2)
        self.assertEqual((report["memories"], report["filter"], report["words"]), ("m", "none", "words"))
        self.assertIn("machine 5", report["penalties"])

    def test_options(self):
        report = self.analyze("--repetitions-first", "--no-internal", "--weights", "none=50,100=0", self.first,
                              self.second)
        self.assertEqual(self.counts(report["total"]),
                         {"numbers": (1, 1, 0), "repetitions": (2, 10, 0), "100": (1, 6, 0), "84–75": (1, 6, 0),
                          "none": (2, 8, 0)})
        self.assertAlmostEqual(report["total"]["weighted_words"], 9.2)
        self.fails("ROW=PERCENT", "analyze", "--memory", "m", "--from", "en", "--to", "de", "--weights", "x=1",
                   self.first)
        self.fails("not exist", "analyze", "--memory", "none", "--from", "en", "--to", "de", self.first)

    def test_every_format_says_what_it_rests_on(self):
        base = ["analyze", "--memory", "m", "--from", "en", "--to", "de", self.first, self.second]
        table = self.ok(*base).out
        for text in ("memories:     m\n", "penalties:    codes 0, alignment 1", "repetitions:  behind", "99–95", "internal",
                     "weighted words: 12.20"):
            self.assertIn(text, table)
        csv = self.ok(*base, "--format", "csv").out
        self.assertIn("# memories: m\n", csv)
        self.assertIn(f"{self.second},99–95,internal,1,4,35,32,0,0,0,30\n", csv)
        page = self.path("report.html")
        self.ok(*base, "--format", "html", "-o", page)
        with open(page, encoding="utf-8") as file:
            html = file.read()
        self.assertIn("<dt>memories</dt><dd>m</dd>", html)
        self.assertIn("<th scope=\"row\">84–75</th><td>1</td><td>6</td>", html)


class LocalizeTest(ServerTest):
    XLIFF = "{urn:oasis:names:tc:xliff:document:1.2}"

    def localize(self, article, locales):
        self.create_and_import("news", sample("diplomacy.tmx"))
        out = self.path("out")
        rows = self.ok_json("localize", article, "--from", "en", "--to", ",".join(locales), "--memory", "news", "-o", out)
        self.assertEqual([row["locale"] for row in rows], locales)
        stem = os.path.splitext(os.path.basename(article))[0]
        for row in rows:
            base = os.path.join(out, f"{stem}.{row['locale']}")
            self.check_schema(base + ".xlf")
            units = list(ElementTree.parse(base + ".xlf").getroot().iter(self.XLIFF + "trans-unit"))
            self.assertEqual(len(units), row["sentences"])
            self.assertEqual(sum(band["sentences"] for band in row["bands"]), row["sentences"])
            self.assertEqual(sum(band["words"] for band in row["bands"]), row["words"])
            for unit in units:
                self.assertRegex(unit.get("id"), r"^p\d+-s\d+$")
                filled = unit.find(self.XLIFF + "target")
                best = unit.find(self.XLIFF + "alt-trans")
                score = 0 if best is None else int(best.get("match-quality"))
                self.assertEqual(filled is not None, score >= 100, unit.get("id"))
                if filled is not None:
                    self.assertEqual(filled.get("state"), "needs-review-translation")
                    self.assertEqual(filled.text, best.find(self.XLIFF + "target").text)
            for extension in (".txt", ".html"):
                with open(base + extension, encoding="utf-8") as file:
                    self.assertTrue(file.read().strip(), base + extension)
        return rows

    def test_sample_article_gets_a_mix(self):
        rows = self.localize(sample("summit.txt"), ["zh-CN", "ru", "ar"])
        for row in rows:
            counts = {band["band"]: band["sentences"] for band in row["bands"]}
            self.assertGreater(counts["102"] + counts["101"] + counts["100"], 0, row)
            self.assertGreater(counts["99"] + counts["98–95"], 0, row)
            self.assertGreater(counts["94–85"] + counts["84–75"] + counts["74–50"], 0, row)
            self.assertGreater(counts["none"], 0, row)
        with open(os.path.join(self.path("out"), "summit.zh-CN.txt"), encoding="utf-8") as file:
            self.assertIn("⟦", file.read())

    def test_neighbours_and_edges_are_context(self):
        self.ok("memory", "create", "m")
        first, second = "The ferry leaves every two hours.", "The harbour was closed at noon."
        for memory_text, previous, following in (
                (first, {"state": "STATE_EDGE"}, {"state": "STATE_TEXT", "text": second}),
                (second, {"state": "STATE_TEXT", "text": "Another sentence."}, {"state": "STATE_EDGE"})):
            unit = {"source_locale": "en",
                    "variants": [{"locale": "en", "content": {"text": memory_text}},
                                 {"locale": "de", "content": {"text": "de: " + memory_text}}],
                    "contexts": [{"document": "elsewhere", "previous": {"en": previous}, "next": {"en": following}}]}
            self.ok("unit", "put", "--memory", "m", stdin=json.dumps(unit).encode())
        article = self.write("a.txt", first + " " + second + "\n")
        row = self.ok_json("localize", article, "--from", "en", "--to", "de", "--memory", "m", "-o", self.dir)[0]
        counts = {band["band"]: band["sentences"] for band in row["bands"] if band["sentences"]}
        self.assertEqual(counts, {"101": 1, "100": 1})  # the second one's neighbours differ
        with open(self.path("a.de.txt"), encoding="utf-8") as file:
            self.assertEqual(file.read(), f"de: {first} de: {second}\n")

    def test_human_table_names_every_band(self):
        self.create_and_import("news", sample("diplomacy.tmx"))
        out = self.ok("localize", sample("summit.txt"), "--from", "en", "--to", "de,ja", "--memory", "news", "-o",
                      self.path("out")).out
        for label in ("102", "101", "100", "99", "98–95", "94–85", "84–75", "74–50", "none", "total"):
            self.assertIn(f"\n  {label} ", out)
        self.assertIn("summit.ja.html", out)

    def learn(self, *arguments):
        return self.ok_json("learn", "--memory", "news", *arguments)[-1]

    def edit(self, path, change):
        """Lets change(unit, target or None) work on every trans-unit, as a translator's tool would."""
        ElementTree.register_namespace("", self.XLIFF[1:-1])
        tree = ElementTree.parse(path)
        for unit in tree.getroot().iter(self.XLIFF + "trans-unit"):
            change(unit, unit.find(self.XLIFF + "target"))
        tree.write(path, encoding="utf-8", xml_declaration=True)

    def set_target(self, unit, text, state):
        target = unit.find(self.XLIFF + "target")
        if target is None:
            target = ElementTree.Element(self.XLIFF + "target")
            unit.insert(1, target)
        target.text = text
        target.attrib.pop("state", None)
        if state:
            target.set("state", state)

    def test_what_is_learnt_is_in_context_next_time(self):
        self.localize(sample("summit.txt"), ["de"])
        xliff = os.path.join(self.path("out"), "summit.de.xlf")
        nothing = self.learn(xliff)
        self.assertEqual((nothing["stored"], nothing["not_confirmed"], nothing["refused"]), (0, 0, 0), nothing)
        self.assertGreater(nothing["unchanged"], 0)
        expected = {}

        def translate(unit, target):
            source = unit.find(self.XLIFF + "source").text
            kept = target is not None and len(expected) % 2 == 0
            expected[unit.get("id")] = target.text if kept else "de: " + source
            self.set_target(unit, expected[unit.get("id")], "translated")

        self.edit(xliff, translate)
        dry = self.learn("--dry-run", xliff)
        self.assertEqual((dry["stored"], dry["dry_run"]), (len(expected), True), dry)
        learnt = self.learn("--actor", "ann", xliff)
        self.assertEqual(learnt["stored"], len(expected), learnt)
        self.assertEqual((learnt["not_confirmed"], learnt["unchanged"], learnt["refused"]), (0, 0, 0), learnt)
        row = self.ok_json("localize", sample("summit.txt"), "--from", "en", "--to", "de", "--memory", "news", "-o",
                           self.path("again"))[0]
        counts = {band["band"]: band["sentences"] for band in row["bands"] if band["sentences"]}
        self.assertEqual(counts.get("102", 0) + counts.get("101", 0), len(expected), counts)
        for unit in ElementTree.parse(self.path("again/summit.de.xlf")).getroot().iter(self.XLIFF + "trans-unit"):
            self.assertEqual(unit.find(self.XLIFF + "target").text, expected[unit.get("id")])
        # Once more stores nothing new, and a correction replaces what it corrects.
        again = self.learn(xliff)
        self.assertEqual((again["added"], again["updated"], again["merged"]), (0, 0, len(expected)), again)
        self.edit(xliff, lambda unit, _: self.set_target(unit, "neu: " + unit.get("id"), "final")
                  if unit.get("id") == "p1-s1" else None)
        corrected = self.learn("--min-status", "final", xliff)
        self.assertEqual((corrected["updated"], corrected["not_confirmed"]), (1, len(expected) - 1), corrected)
        title = "Port Alden summit ends with a promise and a question"
        matches = self.lookup("news", title, "en", "de")["matches"]
        self.assertEqual([m["target"] for m in matches if m["source"] == title], ["neu: p1-s1"])

    def test_states_decide_what_is_learnt(self):
        self.localize(sample("summit.txt"), ["ru"])
        xliff = os.path.join(self.path("out"), "summit.ru.xlf")
        wanted = {}

        # No states: only what differs from the proposal. A tool's draft and a rejected text stay out.
        def change(unit, target):
            number = len(wanted)
            if target is not None:
                self.set_target(unit, target.text, "")
            if number in (0, 1, 2):
                self.set_target(unit, f"text {number}", ("", "needs-translation", "final")[number])
            wanted[number] = unit

        self.edit(xliff, change)
        report = self.learn(xliff)
        self.assertEqual((report["stored"], report["not_confirmed"]), (2, 1), report)
        self.assertGreater(report["unchanged"], 0)
        text = self.ok("learn", "--memory", "news", xliff).out
        self.assertRegex(text, r"^stored 2 \(0 added, 0 updated, 2 merged\), 1 not confirmed, \d+ unchanged proposals, "
                               r"0 refused\n$")

    def test_learn_reads_po_and_refuses_by_line(self):
        self.ok("memory", "create", "news")
        po = self.write("a.po", 'msgid ""\nmsgstr "Language: de\\n"\n\nmsgctxt "menu"\nmsgid "Open"\n'
                                'msgstr "Öffnen"\n\n#, fuzzy\n#| msgid "Shut"\nmsgid "Close"\nmsgstr "Schließen"\n\n'
                                f'msgid "Long"\nmsgstr "{"x" * 40000}"\n')
        report = self.learn("--from", "en", po)
        self.assertEqual((report["added"], report["not_confirmed"], report["refused"]), (1, 1, 1), report)
        self.assertEqual((report["refusals"][0]["line"], report["refusals"][0]["file"]), (13, po), report)
        self.assertRegex(report["refusals"][0]["reason"], "32|long|large")
        match = self.lookup("news", "Open", "en", "de")["matches"][0]
        unit = self.ok_json("unit", "get", "--memory", "news", match["unit"])[0]
        self.assertEqual((unit["contexts"][0]["key"], unit["variants"][1]["origin"], unit["variants"][1]["status"]),
                         ("menu", "ORIGIN_HUMAN", "VARIANT_STATUS_TRANSLATED"), unit)
        self.assertIn("a.po:13: refused: ", self.ok("learn", "--memory", "news", "--from", "en", po).err)
        self.fails("(?i)memory", "learn", "--memory", "nowhere", po)
        self.fails("neither XLIFF nor PO", "learn", "--memory", "news", sample("diplomacy.tmx"))
        self.fails("cannot open", "learn", "--memory", "news", self.path("missing.xlf"))
        self.fails("min-status", "learn", "--memory", "news", "--min-status", "draft", po, code=2)
        cut = self.write("cut.xlf", '<xliff version="1.2"><file original="a" source-language="en" target-language="de">'
                                    '<body><trans-unit id="1"><source>Save</source><target>Sichern</target></trans-unit>')
        result = self.fails("cut off", "--json", "learn", "--memory", "news", cut)
        self.assertEqual(json.loads(result.out)["added"], 1, result)

    def test_shared_article(self):
        shared = os.path.join(os.path.dirname(os.path.abspath(ARGS.source)), "shared", "article")
        if not os.path.isdir(shared):
            return  # the article is no part of the repository
        with open(os.path.join(shared, sorted(os.listdir(shared))[0]), "rb") as file:
            article = self.write("article.txt", file.read())
        for row in self.localize(article, ["zh-CN", "ru", "fr"]):
            counts = {band["band"]: band["sentences"] for band in row["bands"]}
            self.assertGreater(counts["none"], 0, row)
            self.assertGreater(counts["94–85"] + counts["84–75"] + counts["74–50"], 0, row)

    def test_bad_articles(self):
        self.ok("memory", "create", "m")
        common = ["--from", "en", "--memory", "m", "-o", self.path("out")]
        self.fails("not valid UTF-8", "localize", self.write("a.txt", b"bad \xff"), "--to", "de", *common)
        self.fails("no text", "localize", self.write("b.txt", " \n\n"), "--to", "de", *common)
        self.fails("(?i)locale|tag", "localize", self.write("c.txt", "Text."), "--to", "no_such_thing!", *common)
        under_file = self.write("file", "x")
        self.fails("cannot", "localize", self.path("c.txt"), "--to", "de", "--from", "en", "--memory", "m", "-o",
                   os.path.join(under_file, "out"))


class DocumentTest(ServerTest):
    """Every input of localize, pretranslate and analyze, and the round with learn."""
    NS = {"1.2": "{urn:oasis:names:tc:xliff:document:1.2}", "2.1": "{urn:oasis:names:tc:xliff:document:2.0}"}
    MARKDOWN = ("# Harbour *guide*\n\nThe **ferry** leaves every two hours.\nThe harbour was closed at noon.\n\n"
                "- Bring a [ticket](t.md) & `cash`.\n\n```\nnot text\n```\n")
    HTML = ("<!DOCTYPE html><html><head><title>Harbour guide</title><script>x < y</script></head>\n<body><p class=a>The "
            "<b>ferry</b> leaves&nbsp;every two hours.\n The harbour was closed at noon.<ul><li>Bring a "
            "<a href='t'>ticket</a>.</ul></body></html>\n")
    XLIFF = ('<?xml version="1.0"?>\n<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">\n'
             '<file original="ui.c" source-language="en" target-language="de" datatype="c"><body>\n'
             '<trans-unit id="1" resname="menu.open"><source>Open <g id="1">the file</g></source></trans-unit>\n'
             '<trans-unit id="2"><source>Save all files</source><target state="new"/></trans-unit>\n'
             '<trans-unit id="3" translate="no"><source>Reprise</source></trans-unit>\n</body></file></xliff>\n')
    PO = ('msgid ""\nmsgstr "Language: de\\n"\n\nmsgctxt "menu"\nmsgid "Open the file"\nmsgstr ""\n\n'
          '#, fuzzy\nmsgid "Save all files"\nmsgstr "alt"\n\nmsgid "Quit"\nmsgstr "Beenden"\n')

    def setUp(self):
        super().setUp()
        self.ok("memory", "create", "m")

    def read(self, path):
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()

    def put(self, source, target, **variant):
        unit = {"source_locale": "en", "variants": [{"locale": "en", "content": {"text": source}},
                                                     {"locale": "de", "content": {"text": target}, **variant}]}
        self.ok("unit", "put", "--memory", "m", stdin=json.dumps(unit).encode())

    def test_each_plural_form_gets_its_own(self):
        head = 'msgid ""\nmsgstr "Language: ru\\n"\n\n'
        forms = '#: a.c:1\nmsgctxt "k"\nmsgid "%d file"\nmsgid_plural "%d files"\n'
        done = head + forms + 'msgstr[0] "%d файл"\nmsgstr[1] "%d файла"\nmsgstr[2] "%d файлов"\n'
        self.ok("import", "--memory", "m", "--from", "en", self.write("ru.po", done))
        empty = self.write("empty.po", head + forms + 'msgstr[0] ""\nmsgstr[1] ""\nmsgstr[2] ""\n')
        # In context all forms score 101, so that the score alone could not tell which is which.
        self.ok("pretranslate", empty, "--from", "en", "--to", "ru", "--memory", "m", "-o", self.path("out.po"))
        self.assertEqual(self.read(self.path("out.po")), done)
        # What is not known as that form is not filled in.
        self.ok("memory", "create", "plain")
        unit = {"source_locale": "en", "variants": [{"locale": "en", "content": {"text": "%d files"}},
                                                     {"locale": "ru", "content": {"text": "%d файлов"}}]}
        self.ok("unit", "put", "--memory", "plain", stdin=json.dumps(unit).encode())
        report = self.ok_json("pretranslate", empty, "--from", "en", "--to", "ru", "--memory", "plain", "-o",
                              self.path("out.po"))[0]
        self.assertEqual(self.read(self.path("out.po")), self.read(empty), report)

    def localize(self, path, out, *options, memory="m"):
        return self.ok_json("localize", path, "--from", "en", "--to", "de", "--memory", memory, "-o", self.path(out),
                            *options)[0]

    def translate(self, path, version):
        """Gives every source a target "de: SOURCE" in state translated, codes and all."""
        ns = self.NS[version]
        ElementTree.register_namespace("", ns[1:-1])
        tree = ElementTree.parse(path)
        for unit in tree.getroot().iter(ns + ("trans-unit" if version == "1.2" else "segment")):
            source, old = unit.find(ns + "source"), unit.find(ns + "target")
            if old is not None:
                unit.remove(old)
            inner = source.find(ns + "mrk")
            target = copy.deepcopy(source if inner is None else inner)
            target.tag, target.tail = ns + "target", "\n"
            target.attrib.clear()
            target.text = "de: " + (target.text or "")
            (target if version == "1.2" else unit).set("state", "translated")
            unit.attrib.pop("subState", None)
            unit.insert(1, target)
        tree.write(path, encoding="utf-8", xml_declaration=True)

    def round(self, name, content, version):
        """Localizes into an empty memory, translates, learns, and localizes again. Returns the last draft."""
        memory = "round" + version[0]
        self.ok("memory", "create", memory)
        document = self.write(name, content)
        row = self.localize(document, "first", "--xliff", version, "--no-marks", memory=memory)
        self.assertEqual(self.read(row["files"]["draft"]), content)
        self.translate(row["files"]["xliff"], version)
        learnt = self.ok_json("learn", "--memory", memory, row["files"]["xliff"])[0]
        self.assertEqual((learnt["stored"], learnt["refused"], learnt["not_confirmed"]), (row["sentences"], 0, 0), learnt)
        again = self.localize(document, "again", "--xliff", version, memory=memory)
        self.check_schema(again["files"]["xliff"],
                          "xliff-core-1.2-transitional.xsd" if version == "1.2" else "xliff21/matches.xsd")
        counts = {band["band"]: band["sentences"] for band in again["bands"] if band["sentences"]}
        self.assertEqual(counts.get("102", 0) + counts.get("101", 0), row["sentences"], counts)
        unchanged = self.ok_json("learn", "--memory", memory, again["files"]["xliff"])[0]
        self.assertEqual((unchanged["stored"], unchanged["unchanged"]), (0, row["sentences"]), unchanged)
        return self.read(again["files"]["draft"])

    def test_markdown_stays_markdown(self):
        for version in ("1.2", "2.1"):
            with self.subTest(version):
                draft = self.round(f"a{version[0]}.md", self.MARKDOWN, version)
                self.assertEqual(draft, "# de: Harbour *guide*\n\nde: The **ferry** leaves every two hours.\nde: The harbour "
                                        "was closed at noon.\n\n- de: Bring a [ticket](t.md) & `cash`.\n\n```\nnot text\n"
                                        "```\n")

    def test_html_stays_html(self):
        for version in ("1.2", "2.1"):
            with self.subTest(version):
                draft = self.round(f"a{version[0]}.html", self.HTML, version)
                self.assertIn("<p class=a>de: The <b>ferry</b> leaves\u00a0every two hours.\n de: The harbour was closed at "
                              "noon.<ul><li>de: Bring a <a href='t'>ticket</a>.</ul>", draft)
                self.assertIn("<title>de: Harbour guide</title><script>x < y</script>", draft)

    def test_text_takes_both_versions(self):
        for version in ("1.2", "2.1"):
            self.round(f"a{version[0]}.txt", "One ferry sails. Two ferries stay.\n\nThe end.\n", version)

    def test_what_is_not_filled_is_marked(self):
        row = self.localize(self.write("a.md", "# A *title*\n"), "out")
        self.assertEqual(self.read(row["files"]["draft"]), "# ⟦A *title*⟧\n")

    def test_xliff_gets_its_targets(self):
        self.put("Save all files", "Alle Dateien sichern")
        path = self.write("ui.xlf", self.XLIFF)
        row = self.localize(path, "out")
        self.assertEqual((row["sentences"], row["files"]["draft"]), (2, self.path("out/ui.de.draft.xlf")), row)
        self.check_schema(row["files"]["draft"])
        draft = self.read(row["files"]["draft"])
        self.assertIn('<target state="needs-review-translation" state-qualifier="exact-match">Alle Dateien sichern</target>',
                      draft)
        self.assertEqual(draft.count("<target"), 2)  # and the proposal's
        nothing = self.ok_json("learn", "--memory", "m", row["files"]["draft"])[0]
        self.assertEqual((nothing["stored"], nothing["unchanged"]), (0, 1), nothing)
        self.fails("ui.xlf is to be translated into de, not into fr", "localize", path, "--from", "en", "--to", "fr",
                   "--memory", "m", "-o", self.path("out"))
        self.fails("is written in en, not in ru", "localize", path, "--from", "ru", "--to", "de", "--memory", "m", "-o",
                   self.path("out"))

    def test_pretranslate_fills_what_the_limit_allows(self):
        self.put("Open the file", "Datei öffnen")
        self.put("Save all the files", "Alle Dateien sichern")
        self.put("Quit", "Schluss")
        path = self.write("ui.po", self.PO)
        arguments = ["pretranslate", path, "--from", "en", "--to", "de", "--memory", "m", "-o", self.path("out.po")]
        report = self.ok_json(*arguments)[0]
        self.assertEqual((report["segments"], report["filled"], report["not_filled"]),
                         (3, 1, {"translated": 1, "below-limit": 1}), report)
        self.assertEqual(self.read(self.path("out.po")),
                         self.PO.replace('msgid "Open the file"\nmsgstr ""', 'msgid "Open the file"\nmsgstr "Datei öffnen"'))
        report = self.ok_json(*arguments, "--limit", "75")[0]
        self.assertEqual(report["filled"], 2, report)
        self.assertIn('#, fuzzy\n#| msgid "Save all the files"\nmsgid "Save all files"\nmsgstr "Alle Dateien sichern"\n',
                      self.read(self.path("out.po")))
        self.assertRegex(self.ok(*arguments).out, "filled 1 of 3 segments\n  10[0-2]: 1 segment, 3 words\n")
        for limit in ("74", "103"):
            self.fails("limit", *arguments, "--limit", limit, code=2)

    def test_pretranslate_never_takes_drafts_or_machine_translation(self):
        path = self.write("a.txt", "The ferry sails. The ferry waits. The ferry is here.\n")
        self.put("The ferry sails.", "Entwurf", status="VARIANT_STATUS_DRAFT")
        self.put("The ferry waits.", "Maschine", origin="ORIGIN_MACHINE")
        self.put("The ferry is here.", "Die Fähre ist da.")
        report = self.ok_json("pretranslate", path, "--from", "en", "--to", "de", "--memory", "m", "--limit", "95", "-o",
                              self.path("out.txt"))[0]
        self.assertEqual((report["filled"], report["not_filled"].get("draft"), report["not_filled"].get("machine")),
                         (1, 1, 1), report)
        self.assertEqual(self.read(self.path("out.txt")), "The ferry sails. The ferry waits. Die Fähre ist da.\n")

    def test_pretranslate_of_nothing_gives_the_file_back(self):
        for name, content in (("a.md", self.MARKDOWN), ("a.html", self.HTML), ("a.xlf", self.XLIFF), ("a.po", self.PO)):
            self.ok("pretranslate", self.write(name, content), "--from", "en", "--to", "de", "--memory", "m", "-o",
                    self.path("out"))
            self.assertEqual(self.read(self.path("out")), content)

    def test_analyze_reads_them_all(self):
        files = [self.write("a.md", self.MARKDOWN), self.write("a.html", self.HTML), self.write("a.xlf", self.XLIFF),
                 self.write("a.po", self.PO)]
        report = self.ok_json("analyze", *files, "--from", "en", "--to", "de", "--memory", "m")[0]
        self.assertEqual([file["total"]["segments"] for file in report["files"]], [4, 4, 3, 3], report)
        self.assertGreater(report["files"][0]["total"]["tags"], 0)
        rows = {row["row"]: row["counts"]["segments"] for row in report["total"]["rows"]}
        self.assertEqual(rows["locked"], 1, rows)

    def test_sentences_are_cut_by_srx_rules(self):
        rules = self.write("own.srx", '<srx version="2.0"><header segmentsubflows="yes" cascade="no"/><body>\n'
                           '<languagerules><languagerule languagerulename="a"><rule break="yes">\n'
                           '<beforebreak>;</beforebreak><afterbreak>\\s</afterbreak></rule></languagerule></languagerules>\n'
                           '<maprules><languagemap languagepattern="en.*" languagerulename="a"/></maprules></body></srx>\n')
        text = self.write("a.txt", "It rains. It pours; we stay. Go!\n")
        self.put("we stay. Go!", "wir bleiben. Geh!")
        self.assertEqual(self.localize(text, "out")["sentences"], 3)
        self.assertEqual(self.localize(text, "out", "--srx", rules)["sentences"], 2)
        self.assertEqual(self.read(self.path("out/a.de.txt")), "⟦It rains. It pours;⟧ wir bleiben. Geh!\n")
        self.assertEqual(self.localize(text, "out", "--srx", sample("segmentation.srx"))["sentences"], 3)
        report = self.ok_json("pretranslate", text, "--from", "en", "--to", "de", "--memory", "m", "--srx", rules, "-o",
                              self.path("out.txt"))[0]
        self.assertEqual((report["segments"], report["filled"]), (2, 1), report)
        report = self.ok_json("analyze", text, "--from", "en", "--to", "de", "--memory", "m", "--srx", rules)[0]
        self.assertEqual([file["total"]["segments"] for file in report["files"]], [2], report)
        # XLIFF has its segments.
        xliff = self.write("ui.xlf", self.XLIFF)
        self.assertEqual(self.localize(xliff, "x", "--srx", rules), self.localize(xliff, "x"))

    def test_srx_files_are_refused_by_line(self):
        common = ["--from", "en", "--to", "de", "--memory", "m", "-o", self.path("out")]
        text = self.write("a.txt", "One. Two " + 60 * "a" + "\n")
        good = self.read(sample("segmentation.srx"))
        srx = lambda content: self.write("own.srx", content)
        self.fails("own.srx: line [0-9]+: <beforebreak> is no regular expression", "localize", text, *common, "--srx",
                   srx(good.replace("<beforebreak>", "<beforebreak>(", 1)))
        self.fails("own.srx: line 1: a DOCTYPE is not read", "localize", text, *common, "--srx",
                   srx("<!DOCTYPE srx>" + good[good.index("<srx"):]))
        self.fails("own.srx: no <languagemap> fits the language \"en\"", "localize", text, *common, "--srx",
                   srx(good.replace('n="en', 'n="eo').replace('n=".*"', 'n="x.*"')))
        self.fails("cannot open .*none.srx", "analyze", text, *common[:6], "--srx", self.path("none.srx"))
        self.fails("a.txt: the segmentation rule in line [0-9]+ takes too long", "pretranslate", text, *common, "--srx",
                   srx(good.replace("<afterbreak>\\s", "<afterbreak>\\sTwo (a|a)*x|\\s", 1)
                           .replace("<beforebreak>", "<beforebreak>\\.|", 1)))

    def test_hostile_documents_are_refused(self):
        common = ["--from", "en", "--to", "de", "--memory", "m", "-o", self.path("out")]
        bomb = self.write("a.xlf", '<!DOCTYPE xliff [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n' + self.XLIFF[22:])
        self.fails("a.xlf: line 1: the DOCTYPE declares the entity", "localize", bomb, *common)
        self.fails("a.html: line 1: says that its charset is latin1", "localize",
                   self.write("a.html", "<meta charset=latin1><p>x"), *common)
        self.fails("a.md: line 1: holds a NUL", "localize", self.write("a.md", b"a\0b"), *common)
        self.fails("xliff", "localize", self.write("a.txt", "x"), *common, "--xliff", "3", code=2)


class EmbeddedTest(CliTest):
    def test_needs_no_server(self):
        self.where = ["--embedded", self.path("store")]
        self.create_and_import("m", os.path.join(DATA, "small.tmx"))
        self.assertEqual(self.lookup("m", "The ferry leaves every two hours.", "en", "de")["matches"][0]["score"], 100)
        out = self.ok("lookup", "--memory", "m", "--from", "en", "--to", "de", "The ferry leaves every three hours.").out
        self.assertIn("[-three-]{+two+}", out)


class BadInputTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.create_and_import("m", os.path.join(DATA, "small.tmx"))

    def grpc_error(self, method, payload, details_field):
        """Calls with raw bytes; answers (code, message) and checks that the details name the field."""
        import grpc
        call = self.channel().unary_unary(method, request_serializer=lambda raw: raw, response_deserializer=bytes)
        with self.assertRaises(grpc.RpcError) as caught:
            call(payload, timeout=30)
        error = caught.exception
        trailing = dict(error.trailing_metadata() or ())
        if details_field:
            self.assertIn(details_field.encode(), trailing.get("grpc-status-details-bin", b""), error)
        return error.code().value[0], error.details()

    def lookup_request(self, **change):
        from reprise.v1 import matches_pb2
        request = matches_pb2.LookupRequest()
        request.memories.add(name=change.get("memory", "memories/m"))
        request.query.content.text = change.get("text", "The ferry leaves every two hours.")
        request.query.source_locale = change.get("source", "en")
        request.query.target_locale = change.get("target", "de")
        if "threshold" in change:
            request.options.threshold = change["threshold"]
        return request

    def test_python_client(self):
        from reprise.v1 import matches_pb2_grpc
        stub = matches_pb2_grpc.MatchesStub(self.channel())
        answer = stub.Lookup(self.lookup_request(), timeout=30)
        self.assertEqual(answer.matches[0].score, 100)
        self.assertEqual(answer.matches[0].target.content.text, "Die Fähre fährt alle zwei Stunden ab.")

    def test_bad_utf8(self):
        raw = self.lookup_request(text="MARK").SerializeToString().replace(b"MARK", b"MA\xffK")
        code, message = self.grpc_error("/reprise.v1.Matches/Lookup", raw, "query.content.text")
        self.assertEqual(code, 3, message)
        self.assertRegex(message, "query.content.text.*UTF-8")
        self.fails("UTF-8", "lookup", "--memory", "m", "--from", "en", "--to", "de", b"\xff\xfe")

    def test_unknown_memory(self):
        code, message = self.grpc_error("/reprise.v1.Matches/Lookup",
                                        self.lookup_request(memory="memories/nowhere").SerializeToString(),
                                        "MEMORY_NOT_FOUND")
        self.assertEqual(code, 5, message)
        for arguments in (["lookup", "--memory", "nowhere", "--from", "en", "--to", "de", "text"],
                          ["memory", "stats", "nowhere"], ["memory", "delete", "nowhere"],
                          ["import", "--memory", "nowhere", os.path.join(DATA, "small.tmx")],
                          ["export", "--memory", "nowhere", "-o", self.path("x.tmx")],
                          ["unit", "get", "--memory", "nowhere", "1"]):
            self.fails("nowhere.*; `reprise memory list` names those that do", *arguments)
        self.assertFalse(os.path.exists(self.path("x.tmx")))

    def test_bad_locale(self):
        code, message = self.grpc_error("/reprise.v1.Matches/Lookup",
                                        self.lookup_request(source="not a tag").SerializeToString(),
                                        "query.source_locale")
        self.assertEqual(code, 3, message)
        self.fails(r"query.target_locale \(--to\): .*1234", "lookup", "--memory", "m", "--from", "en", "--to", "1234", "text")

    def test_empty_text(self):
        for text in ("", " \u200b\n"):
            code, message = self.grpc_error("/reprise.v1.Matches/Lookup",
                                            self.lookup_request(text=text).SerializeToString(), "query.content.text")
            self.assertEqual(code, 3, message)
        self.fails("query.content.text", "lookup", "--memory", "m", "--from", "en", "--to", "de", "")

    def test_text_over_the_limit(self):
        code, message = self.grpc_error("/reprise.v1.Matches/Lookup",
                                        self.lookup_request(text="a" * (32768 + 1)).SerializeToString(),
                                        "query.content.text")
        self.assertIn(code, (3, 8), message)
        self.assertRegex(message, "query.content.text.*32")

    def test_threshold(self):
        code, message = self.grpc_error("/reprise.v1.Matches/Lookup",
                                        self.lookup_request(threshold=101).SerializeToString(), "threshold")
        self.assertEqual(code, 3, message)
        self.fails(r"\(--threshold\): is 101; give 1 to 100", "lookup", "--memory", "m", "--from", "en", "--to", "de",
                   "--threshold", "101", "text")
        self.fails("threshold", "lookup", "--memory", "m", "--from", "en", "--to", "de", "--threshold", "0", "text")

    def test_truncated_tmx(self):
        result = self.fails("truncated.tmx.*line 6|truncated.tmx.*(cut|end)", "--json", "import", "--memory", "m",
                            os.path.join(DATA, "truncated.tmx"))
        self.check_sum(json.loads(result.out.splitlines()[-1]))

    def test_entity_bomb(self):
        result = self.cli("--json", "import", "--memory", "m", os.path.join(DATA, "entity_bomb.tmx"))
        report = json.loads(result.out.splitlines()[-1])
        self.assertEqual(report["added"], 0, result)
        self.assertRegex(result.err + json.dumps(report), "(?i)entit", result)

    def test_control_character_in_one_unit(self):
        report = self.ok_json("import", "--memory", "m", os.path.join(DATA, "control_character.tmx"))[-1]
        self.assertEqual((report["read"], report["added"], report["refused"]), (3, 2, 1), report)
        refusal = report["refusals"][0]
        self.assertEqual((refusal["line"], refusal["unit"]), (6, "broken"))
        self.assertEqual(sorted(refusal), ["line", "reason", "unit"])
        self.assertTrue(refusal["reason"])
        result = self.ok("import", "--memory", "m", os.path.join(DATA, "control_character.tmx"))
        self.assertIn("control_character.tmx:6: refused: unit broken: ", result.err)
        self.assertIn("1 refused", result.out)
        self.assertEqual(self.lookup("m", "A unit after the broken one.", "en", "de")["matches"][0]["score"], 100)

    def test_tsv_without_its_columns(self):
        self.fails("target", "import", "--memory", "m", "--from", "en", "--to", "de", os.path.join(DATA, "missing_columns.tsv"))

    def test_missing_file_and_directory(self):
        self.fails("cannot open .*nowhere.tmx: No such file", "import", "--memory", "m", self.path("nowhere.tmx"))
        self.fails("cannot read .*: Is a directory", "import", "--memory", "m", self.dir)

    def test_wrong_address(self):
        with socket.socket() as closed:  # bound, not listening: nobody else gets the port
            closed.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % closed.getsockname()[1]
            for place, env in ((["--server", address], {}), ([], {"REPRISE_SERVER": address})):
                self.fails(f"cannot reach {address}; is reprised running", "memory", "list", code=3, where=place, **env)
        self.fails("'localhost' is not the address of a server; give HOST:PORT", "memory", "list", code=3,
                   where=["--server", "localhost"])
        self.fails("cannot reach host.invalid:1", "memory", "list", code=3, where=["--server", "host.invalid:1"])

    def test_locked_data_directory(self):
        for program in (["reprised", "--listen", "127.0.0.1:0", "--data-dir", self.path("store")],
                        ["reprise", "--embedded", self.path("store"), "memory", "list"]):
            result = harness.run([os.path.join(ARGS.bin, program[0])] + program[1:])
            self.assertEqual(result.code, 1, result)
            self.assertRegex(result.err, "(?i)(lock|another|in use)", result)
            self.assertIn(self.path("store"), result.err, result)

    def test_data_directory_that_cannot_be_written(self):
        under_file = os.path.join(self.write("file", "x"), "store")
        for program in (["reprised", "--listen", "127.0.0.1:0", "--data-dir", under_file],
                        ["reprise", "--embedded", under_file, "memory", "list"]):
            result = harness.run([os.path.join(ARGS.bin, program[0])] + program[1:])
            self.assertEqual(result.code, 1, result)
            self.assertIn(under_file, result.err, result)


def main():
    global ARGS, GENERATED
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--source", required=True)
    ARGS, rest = parser.parse_known_args()
    ARGS.bin, ARGS.source = os.path.abspath(ARGS.bin), os.path.abspath(ARGS.source)
    with harness.temporary_directory() as GENERATED:
        harness.generate_stubs(ARGS.source, GENERATED)
        program = unittest.main(argv=[sys.argv[0]] + rest, verbosity=2, exit=False)
    sys.exit(0 if program.result.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
