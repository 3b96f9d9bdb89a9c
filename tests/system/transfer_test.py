#!/usr/bin/python3
"""Imports that break off, refuse and warn, through the real programs."""
import json
import os
import signal
import subprocess

import harness
import system_test
from system_test import ServerTest

ROWS = 80000  # more than a full batch, which is 65,536


def rows(count):
    """Different rows, some repeated, some without a target."""
    out = ["source_lang\ttarget_lang\tsource\ttarget\tkey\n"]
    for i in range(count):
        target = "" if i % 1000 == 7 else f"Satz {i}"
        out.append(f"en\tde\tSentence {i if i % 5 else i // 2} of the file\t{target}\t\n")
    return "".join(out).encode()


class ResumeTest(ServerTest):
    def comparable(self, memory):
        out = self.ok("export", "--memory", memory, "--format", "jsonl", "-o", "-").out
        units = []
        for line in out.splitlines():
            unit = json.loads(line)
            for name in ("id", "revision"):
                unit.pop(name, None)
            for variant in unit["variants"]:
                for name in ("created_us", "changed_us"):
                    variant.pop(name, None)
            units.append(json.dumps(unit, sort_keys=True))
        return units

    def begin(self, path, whole, *options):
        """Starts an import of a pipe, gives it most of the file and returns once a batch of it is stored."""
        os.mkfifo(path)
        pipe = os.open(path, os.O_RDWR)
        client = subprocess.Popen(
            [os.path.join(system_test.ARGS.bin, "reprise"), *self.where, "import", "--memory", "m", path, *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=harness.clean_environment(),
            start_new_session=True)
        self.addCleanup(client.wait)
        self.addCleanup(client.kill)
        self.addCleanup(client.stdout.close)
        self.addCleanup(client.stderr.close)
        self.close_pipe = lambda: os.close(pipe)
        part = whole[:len(whole) - 1000]
        while part:
            part = part[os.write(pipe, part[:65536]):]
        while self.ok_json("memory", "stats", "m")[0]["units"] in (0, "0"):
            self.assertIsNone(client.poll())
        os.unlink(path)
        self.write(os.path.basename(path), whole)
        return client

    def import_whole(self, whole):
        report = self.create_and_import("whole", self.write("other/rows.tsv", whole))
        self.check_sum(report)
        return report

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("other"))
        self.ok("memory", "create", "m")

    def test_killed_client(self):
        whole = rows(ROWS)
        expected = self.import_whole(whole)
        client = self.begin(self.path("rows.tsv"), whole)
        client.send_signal(signal.SIGKILL)
        client.wait()
        self.close_pipe()
        report = self.ok_json("import", "--memory", "m", self.path("rows.tsv"), "--resume")[-1]
        self.assertEqual(report, expected)
        self.assertEqual(self.comparable("m"), self.comparable("whole"))
        # It is done, so there is nothing to go on with.
        refused = self.fails("--resume: no import of this into this memory broke off", "import", "--memory", "m",
                             self.path("rows.tsv"), "--resume")
        self.assertIn("if the server had another address then", refused.err)

    def test_killed_server(self):
        whole = rows(ROWS)
        expected = self.import_whole(whole)
        keep = ["--resume-file", self.path("state")]
        client = self.begin(self.path("rows.tsv"), whole, *keep)
        self.server.kill()
        self.close_pipe()
        self.assertEqual(client.wait(60), 1)
        self.assertIn(b"the same command with --resume goes on", client.stderr.read())
        self.server = harness.Server(system_test.ARGS.bin, self.path("store"))
        self.where = ["--server", self.server.address]
        # What a killed server leaves is a store without a part of a batch.
        stored = int(self.ok_json("memory", "stats", "m")[0]["units"])
        self.assertGreater(stored, 0)
        self.assertLess(stored, expected["added"])
        os.mkdir(self.path("changed"))
        changed = self.write("changed/rows.tsv", whole.replace(b"Satz 1\t", b"Satz X\t"))
        with open(self.path("state"), encoding="utf-8") as file:
            state = file.read()
        self.write("state2", state.replace(self.path("rows.tsv"), changed))
        self.fails("is not the one whose import broke off", "import", "--memory", "m", changed, "--resume",
                   "--resume-file", self.path("state2"))
        self.fails("duplicate_policy", "import", "--memory", "m", self.path("rows.tsv"), "--resume", *keep, "--policy",
                   "skip")
        self.assertEqual(int(self.ok_json("memory", "stats", "m")[0]["units"]), stored)
        report = self.ok_json("import", "--memory", "m", self.path("rows.tsv"), "--resume", *keep)[-1]
        self.assertEqual(report, expected)
        self.assertEqual(self.comparable("m"), self.comparable("whole"))
        self.assertFalse(os.path.exists(self.path("state")))

    def test_beginning_anew_says_so(self):
        whole = rows(ROWS)
        client = self.begin(self.path("rows.tsv"), whole)
        client.send_signal(signal.SIGKILL)
        client.wait()
        self.close_pipe()
        again = self.ok("import", "--memory", "m", self.path("rows.tsv"))
        self.assertIn("an earlier import of this did not end (--resume would go on with it)", again.err)
        self.assertNotIn("earlier", self.ok("import", "--memory", "m", self.path("rows.tsv")).err)

    def test_options(self):
        path = self.write("a.tsv", "source\ttarget\na\tb\n")
        self.fails("stdin has no name", "import", "--memory", "m", "-", "--resume")
        self.fails("has no sense with --dry-run", "import", "--memory", "m", path, "--resume", "--dry-run")
        self.fails("is not what an import leaves behind", "import", "--memory", "m", path, "--resume", "--resume-file",
                   path)


class MapLocaleTest(ServerTest):
    """--map-locale: what a file calls its languages is what the caller says it means."""
    MAP = ["--map-locale", "english=en", "--map-locale", "Deutsch=de"]
    XLIFF = ('<xliff version="1.2"><file original="o" source-language="english" target-language="deutsch" '
             'datatype="plaintext"><body><trans-unit id="1"><source>%s</source>%s</trans-unit></body></file></xliff>')

    def setUp(self):
        super().setUp()
        self.ok("memory", "create", "m")

    def test_import_and_learn(self):
        tsv = self.write("a.tsv", "source_lang\ttarget_lang\tsource\ttarget\nENGLISH\tdeutsch\tGood day.\tGuten Tag.\n")
        self.assertEqual(self.ok_json("import", "--memory", "m", tsv)[-1]["refused"], 1)
        hint = "--map-locale FROM=TO reads a locale of the file as another"
        self.assertIn(hint, self.ok("import", "--memory", "m", tsv).err)
        mapped = self.ok("import", "--memory", "m", tsv, *self.MAP)
        self.assertIn("1 added", mapped.out)
        self.assertNotIn(hint, mapped.err)
        self.assertEqual(self.lookup("m", "Good day.", "en", "de")["matches"][0]["target"], "Guten Tag.")
        xliff = self.write("a.xlf", self.XLIFF % ("Good night.", '<target state="translated">Gute Nacht.</target>'))
        self.assertEqual(self.ok_json("learn", "--memory", "m", xliff)[-1]["stored"], 0)
        self.assertEqual(self.ok_json("learn", "--memory", "m", xliff, *self.MAP)[-1]["stored"], 1)
        self.assertEqual(self.lookup("m", "Good night.", "en", "de")["matches"][0]["target"], "Gute Nacht.")

    def test_documents(self):
        self.ok("import", "--memory", "m", self.write(
            "a.tsv", "source_lang\ttarget_lang\tsource\ttarget\nen\tde\tGood day.\tGuten Tag.\n"))
        wrong = self.write("a.xlf", (self.XLIFF % ("Good day.", "")).replace("english", "fr").replace("deutsch", "it"))
        where = ["--memory", "m", "--from", "en", "--to", "de", wrong]
        mapped = ["--map-locale", "fr=en-GB", "--map-locale", "it=de-AT"]
        for verb in ("localize", "pretranslate"):
            out = ["-o", self.path(verb)]
            self.fails("is written in fr, not in en", verb, *where, *out)
            self.fails("is to be translated into it", verb, *where, *out, *mapped[:2])
            self.ok(verb, *where, *out, *mapped)
        with open(self.path("pretranslate"), encoding="utf-8") as file:
            self.assertIn("Guten Tag.", file.read())
        self.fails("is written in fr, not in en", "analyze", *where)
        report = self.ok_json("analyze", *where, *mapped)[-1]
        self.assertEqual(sum(row["counts"]["segments"] for row in report["total"]["rows"] if row["row"] == "100"), 1, report)

    def test_bad_mappings(self):
        path = self.write("a.tsv", "source\ttarget\na\tb\n")
        xliff = self.write("a.xlf", self.XLIFF % ("a", ""))
        for mapping, why in (("english", 'is not FROM=TO'), ("=en", "names no tag to map"), ("a=", "is empty"),
                             ("english=englisch", 'locale "englisch" has an unknown language')):
            for verb in (["import", "--memory", "m", path], ["learn", "--memory", "m", xliff],
                         ["localize", "--memory", "m", "--from", "en", "--to", "de", "-o", self.path("o"), xliff],
                         ["pretranslate", "--memory", "m", "--from", "en", "--to", "de", "-o", "-", xliff],
                         ["analyze", "--memory", "m", "--from", "en", "--to", "de", xliff]):
                self.fails('--map-locale "' + mapping + '": .*' + why, *verb, "--map-locale", mapping)


class RefusedTest(ServerTest):
    TMX = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4"><header srclang="en" segtype="sentence" adminlang="en" datatype="plaintext" creationtool="x"
 creationtoolversion="1" o-tmf="x"/><body>
<tu tuid="good" creationdate="soon"><tuv xml:lang="en"><seg>Good.</seg></tuv><tuv xml:lang="de"><seg>Gut.</seg></tuv></tu>
<tu tuid="amp"><tuv xml:lang="en"><seg>Salt & pepper</seg></tuv><tuv xml:lang="de"><seg>Salz</seg></tuv></tu>
<tu tuid="empty"><tuv xml:lang="en"><seg> </seg></tuv><tuv xml:lang="de"><seg>Leer -- ja</seg></tuv></tu>
<tu tuid="amp2"><tuv xml:lang="en"><seg>Fish & chips</seg></tuv><tuv xml:lang="de"><seg>Fisch</seg></tuv></tu>
</body></tmx>
"""

    def setUp(self):
        super().setUp()
        self.ok("memory", "create", "m")

    def test_refused_units_are_mended_and_imported(self):
        path = self.write("a.tmx", self.TMX)
        bad = self.path("bad.tmx")
        report = self.ok_json("import", "--memory", "m", path, "--refused", bad)[-1]
        self.assertEqual((report["added"], report["refused"], report["warned"]), (1, 3, 1), report)
        self.assertEqual(sum(kind["count"] for kind in report["refusals_by_kind"]), 3, report)
        self.assertEqual(report["refusals_by_kind"][0]["count"], 2, report)
        self.assertEqual(report["warnings"][0]["line"], 4)
        self.assertIn('creationdate "soon" is no date', report["warnings"][0]["text"])
        with open(bad, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("<!-- reprise: refused: line 5: amp: ", text)
        self.assertIn("<seg>Salt & pepper</seg>", text)
        self.assertNotIn("Good.", text)
        again = self.ok_json("import", "--memory", "m", bad, "--dry-run")[-1]
        self.assertEqual((again["read"], again["refused"]), (3, 3), again)
        mended = self.write("mended.tmx", text.replace(" & ", " &amp; ").replace("<seg> </seg>", "<seg>Empty</seg>"))
        if os.path.exists("/usr/bin/xmllint"):
            checked = harness.run(["xmllint", "--noout", mended])
            self.assertEqual(checked.code, 0, checked)
        final = self.ok_json("import", "--memory", "m", mended)[-1]
        self.assertEqual((final["added"], final["refused"]), (3, 0), final)
        self.assertEqual(self.lookup("m", "Fish & chips", "en", "de")["matches"][0]["target"], "Fisch")

    def test_report_for_people(self):
        result = self.ok("import", "--memory", "m", self.write("a.tmx", self.TMX), "--refused", self.path("bad.tmx"))
        self.assertIn("a.tmx:4: warning: unit good: the creationdate \"soon\" is no date", result.err)
        self.assertRegex(result.out, r"\n  refused, 2: .*\n  refused, 1: .*\n  warned, 1: the creationdate \"…\" is no date")
        self.assertIn("3 refused units are in", result.err)

    def test_formats_without_remarks(self):
        path = self.write("a.tsv", "source\ttarget\nOne\tEins\nTwo\t\nThree\tDrei\textra\n")
        bad = self.path("bad.tsv")
        pair = ["--from", "en", "--to", "de"]
        self.ok("import", "--memory", "m", *pair, path, "--refused", bad)
        with open(bad, encoding="utf-8") as file:
            self.assertEqual(file.read(), "source\ttarget\nTwo\t\nThree\tDrei\textra\n")
        with open(bad + ".reasons", encoding="utf-8") as file:
            reasons = file.read().splitlines()
        self.assertRegex(reasons[0], r"^line 2 of .*bad\.tsv was .*a\.tsv: line 3: target is empty")
        self.assertEqual(len(reasons), 2)
        self.write("bad.tsv", "source\ttarget\nTwo\tZwei\nThree\tDrei\n")
        self.assertEqual(self.ok_json("import", "--memory", "m", *pair, bad)[-1]["added"], 2)

    def test_po_and_xliff(self):
        po = self.write("a.po", 'msgid ""\nmsgstr ""\n"Language: de\\n"\n\n# hint\nmsgid "One\nmsgstr "Eins"\n\n'
                                'msgid "Two"\nmsgstr "Zwei"\n')
        self.ok("import", "--memory", "m", po, "--refused", self.path("bad.po"))
        with open(self.path("bad.po"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn('# reprise: refused: line 5: ', text)
        self.assertIn('# hint\nmsgid "One\nmsgstr "Eins"\n', text)
        self.write("bad.po", text.replace('"One', '"One"'))
        self.assertEqual(self.ok_json("import", "--memory", "m", self.path("bad.po"))[-1]["added"], 1)
        units = [json.loads(line) for line in
                 self.ok("export", "--memory", "m", "--format", "jsonl", "-o", "-").out.splitlines()]
        self.assertEqual([unit.get("note", "") for unit in units if unit["variants"][0]["text"] == "One"], ["hint"])
        xliff = self.write("a.xlf", '<xliff version="1.2"><file original="o" source-language="en" target-language="fr" '
                                    'datatype="plaintext"><body><trans-unit id="1"><source>A & B</source>'
                                    '<target>A et B</target></trans-unit></body></file></xliff>')
        self.ok("import", "--memory", "m", xliff, "--refused", self.path("bad.xlf"))
        with open(self.path("bad.xlf"), encoding="utf-8") as file:
            text = file.read()
        self.write("bad.xlf", text.replace("&", "&amp;"))
        self.assertEqual(self.ok_json("import", "--memory", "m", self.path("bad.xlf"))[-1]["added"], 1)
        self.assertEqual(self.lookup("m", "A & B", "en", "fr")["matches"][0]["target"], "A et B")

    def test_bad_options(self):
        path = self.write("a.tmx", self.TMX)
        self.fails("is the file that is imported", "import", "--memory", "m", path, "--refused", path)
        self.fails("takes the units of one file", "import", "--memory", "m", path, path, "--refused", self.path("b"))
        self.fails("cannot write", "import", "--memory", "m", path, "--refused", self.path("none/b.tmx"))
        self.ok("import", "--memory", "m", self.write("b.tsv", "source_lang\ttarget_lang\tsource\ttarget\nen\tde\ta\tb\n"),
                "--refused", self.path("none.tsv"))
        self.assertFalse(os.path.exists(self.path("none.tsv")))


if __name__ == "__main__":
    system_test.main()
