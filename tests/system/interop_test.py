#!/usr/bin/python3
"""Other programs read what Reprise writes, and Reprise reads what they write: gettext, translate-toolkit, xmllint; and
OmegaT, where it is installed: it is too large to be asked for in scripts/packages."""
import json
import os
import shutil

import harness
import system_test
from system_test import CliTest

SCHEMAS = os.path.join("..", "shared", "schema")

PO = """msgid ""
msgstr ""
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

# a note
#. extracted
#: src/main.c:12
#, c-format
msgctxt "menu"
msgid "Save %s as…"
msgstr "%s speichern unter …"

#: src/main.c:20
#, c-format
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d Datei"
msgstr[1] "%d Dateien"

msgid "Line one\\n"
"line  \\"two\\" & <three>\\n"
msgstr "Zeile eins\\n"
"Zeile  „zwei“ & <drei>\\n"
"""
OMEGAT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<omegat>
  <project version="1.0">
    <source_dir>__DEFAULT__</source_dir>
    <target_dir>__DEFAULT__</target_dir>
    <tm_dir>__DEFAULT__</tm_dir>
    <glossary_dir>__DEFAULT__</glossary_dir>
    <glossary_file>__DEFAULT__</glossary_file>
    <dictionary_dir>__DEFAULT__</dictionary_dir>
    <source_lang>EN</source_lang>
    <target_lang>DE</target_lang>
    <source_tok>org.omegat.tokenizer.DefaultTokenizer</source_tok>
    <target_tok>org.omegat.tokenizer.DefaultTokenizer</target_tok>
    <sentence_seg>true</sentence_seg>
    <support_default_translations>true</support_default_translations>
    <remove_tags>false</remove_tags>
  </project>
</omegat>
"""
PAIRS = {("Save %s as…", "%s speichern unter …"), ("%d file", "%d Datei"), ("%d files", "%d Dateien"),
         ('Line one\nline  "two" & <three>\n', "Zeile eins\nZeile  „zwei“ & <drei>\n")}


class InteropTest(CliTest):
    def setUp(self):
        super().setUp()
        self.where = ["--embedded", self.path("store")]
        self.create_and_import("m", self.write("a.po", PO))
        self.memories = 0

    def run_tool(self, *command):
        """A program of scripts/packages: that it is missing is a failure, too."""
        result = harness.run(list(command))
        self.assertEqual(result.code, 0, f"{command}: {result}")
        return result

    def export(self, name, *options):
        self.ok("export", "--memory", "m", "-o", self.path(name), *options)
        return self.path(name)

    def pairs_of(self, file, *options):
        """What a memory of its own holds after an import of the file: source and target text."""
        self.memories += 1
        memory = f"of{self.memories}"
        report = self.create_and_import(memory, *options, file)
        self.assertEqual(report["refused"], 0, report)
        out = self.ok("export", "--memory", memory, "--format", "jsonl", "-o", "-").out
        pairs = set()
        for line in out.splitlines():
            texts = {variant["locale"][:2]: variant["text"] for variant in json.loads(line)["variants"]}
            pairs.add((texts["en"], texts["de"]))
        return pairs

    def test_po(self):
        po = self.export("out.po", "--from", "en", "--to", "de")
        self.run_tool("msgfmt", "--check", "-o", "/dev/null", po)
        self.run_tool("pofilter", "--test=xmltags", "--test=printf", "--test=newlines", po, self.path("filtered.po"))
        self.assertEqual(self.pairs_of(po), PAIRS)

    def test_po_with_two_translations_of_a_text(self):
        self.ok("import", "--memory", "m", "--from", "en", "--to", "de",
                self.write("more.tsv", "source\ttarget\tdocument\nTable\tTabelle\ta\nTable\tTisch\ta\nTable\tTafel\tb\n"))
        result = self.ok("--json", "export", "--memory", "m", "-o", self.path("out.po"), "--from", "en", "--to", "de")
        summary = json.loads(result.out)
        self.assertEqual((summary["units"], summary["repeated"], summary["skipped"]), (7, 2, 0), summary)
        self.assertIn("2 further translations of a text that the format holds only once", result.err)
        self.run_tool("msgfmt", "--check", "-o", "/dev/null", self.path("out.po"))
        self.assertEqual(self.pairs_of(self.path("out.po")), PAIRS | {("Table", "Tabelle")})

    def test_po2tmx(self):
        po = self.export("out.po", "--from", "en", "--to", "de")
        self.run_tool("po2tmx", "-l", "de", po, self.path("out.tmx"))
        # It takes of a plural the singular alone.
        self.assertEqual(self.pairs_of(self.path("out.tmx")), PAIRS - {("%d files", "%d Dateien")})

    def test_po2xliff_and_back(self):
        po = self.export("out.po", "--from", "en", "--to", "de")
        self.run_tool("po2xliff", po, self.path("out.xlf"))
        self.assertEqual(self.pairs_of(self.path("out.xlf"), "--to", "de"), PAIRS)
        self.run_tool("xliff2po", self.path("out.xlf"), self.path("back.po"))
        self.run_tool("msgfmt", "--check-format", "-o", "/dev/null", self.path("back.po"))
        self.assertEqual(self.pairs_of(self.path("back.po"), "--from", "en", "--to", "de"), PAIRS)

    def test_xliff2po(self):
        # Only what is approved is no "fuzzy" message to it.
        final = self.write("final.jsonl", "".join(
            json.dumps({"source_locale": "en", "variants": [{"locale": "en", "text": source},
                                                            {"locale": "de", "text": target, "status": "final"}]}) + "\n"
            for source, target in sorted(PAIRS)))
        self.create_and_import("final", final)
        self.ok("export", "--memory", "final", "-o", self.path("out.xlf"), "--from", "en", "--to", "de")
        self.run_tool("xliff2po", self.path("out.xlf"), self.path("out.po"))
        self.run_tool("msgfmt", "--check-format", "-o", "/dev/null", self.path("out.po"))
        self.assertEqual(self.pairs_of(self.path("out.po"), "--from", "en", "--to", "de"), PAIRS)

    def translate_with_omegat(self, flavor):
        """Runs OmegaT on a text of four paragraphs with our export as its memory. The lines of what it made."""
        project = self.path(f"project_{flavor}")
        for folder in ("source", "target", "tm/auto", "omegat", "glossary", "dictionary"):
            os.makedirs(os.path.join(project, folder))
        with open(os.path.join(project, "omegat.project"), "w", encoding="utf-8") as file:
            file.write(OMEGAT)
        with open(os.path.join(project, "source", "a.txt"), "w", encoding="utf-8") as file:
            file.write("\n\n".join(["The harbour was closed.", "The ferry leaves.", "Nothing is stored of this.",
                                    "The harbour was closed."]) + "\n")
        self.ok("export", "--memory", "ferry", "--flavor", flavor, "-o", os.path.join(project, "tm/auto/memory.tmx"))
        result = harness.run(["omegat", project, "--mode=console-translate", "--config-dir=" + self.path("config")],
                             HOME=self.dir)
        self.assertEqual(result.code, 0, result)
        with open(os.path.join(project, "target", "a.txt"), encoding="utf-8") as file:
            return project, [line for line in file.read().splitlines() if line]

    def test_omegat(self):
        if shutil.which("omegat") is None:
            self.skipTest("omegat is not installed")
        self.create_and_import("ferry", self.write("ferry.jsonl", "".join(json.dumps(unit) + "\n" for unit in (
            {"source_locale": "en", "variants": [{"locale": "en", "text": "The harbour was closed."},
                                                 {"locale": "de", "text": "Der Hafen war geschlossen."}],
             "contexts": [{"document": "a.txt", "next": {"en": {"state": "text", "text": "The ferry leaves."}}}]},
            {"source_locale": "en", "variants": [{"locale": "en", "text": "The ferry leaves."},
                                                 {"locale": "de", "text": "Die Fähre legt ab."}]}))))
        # With its own names it knows that the first translation is for the first place alone.
        for flavor, last in (("omegat", "The harbour was closed."), ("neutral", "Der Hafen war geschlossen.")):
            project, lines = self.translate_with_omegat(flavor)
            self.assertEqual(lines, ["Der Hafen war geschlossen.", "Die Fähre legt ab.", "Nothing is stored of this.",
                                     last], flavor)
            # What it writes of the project comes back with the context.
            for level in ("level1", "level2", "omegat"):
                memory = f"back_{flavor}_{level}"
                report = self.create_and_import(
                    memory, os.path.join(project, f"project_{flavor}-{level}.tmx"))
                self.assertEqual((report["added"], report["refused"]), (2, 0), report)
                out = self.ok("export", "--memory", memory, "--format", "jsonl", "-o", "-").out
                units = {unit["variants"][0]["text"]: unit for unit in map(json.loads, out.splitlines())}
                self.assertEqual({source: unit["variants"][1]["text"] for source, unit in units.items()},
                                 {"The harbour was closed.": lines[0], "The ferry leaves.": lines[1]})
                if flavor == "omegat":
                    context = units["The harbour was closed."]["contexts"][0]
                    self.assertEqual(context["document"], "a.txt")
                    self.assertEqual(context["next"]["en"], {"state": "text", "text": "The ferry leaves."})

    def test_xmllint(self):
        folder = os.path.join(system_test.ARGS.source, SCHEMAS)
        pair = ["--from", "en", "--to", "de"]
        for name, options, schema in (
                ("out.tmx", [], ["--dtdvalid", os.path.join(folder, "tmx14.dtd")]),
                ("out12.xlf", ["--format", "xliff", *pair],
                 ["--schema", os.path.join(folder, "xliff-core-1.2-transitional.xsd")]),
                ("out21.xlf", ["--format", "xliff2", *pair],
                 ["--schema", os.path.join(folder, "xliff21", "xliff_core_2.0.xsd")])):
            file = self.export(name, *options)
            self.run_tool("xmllint", "--noout", "--nonet", file)
            if os.path.exists(schema[1]):
                self.run_tool("xmllint", "--noout", "--nonet", *schema, file)


if __name__ == "__main__":
    system_test.main()
