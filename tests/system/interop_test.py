#!/usr/bin/python3
"""Other programs read what Reprise writes, and Reprise reads what they write: gettext, translate-toolkit, xmllint."""
import json
import os

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
