#!/usr/bin/python3
"""Real software strings through every format and back: nothing is lost or changed, and a second export is the first.

Takes LibreOffice's strings of ../shared/data where they are, else the sample. 2,000 rows of three languages each;
with REPRISE_FULL=1 all rows of all languages.
"""
import glob
import json
import os
import subprocess

import system_test
from system_test import CliTest

# What a format does not hold, and so cannot give back: of the unit, of a variant, of a context.
LOSSLESS = ("tmx", "jsonl")


def comparable(line):
    """A unit without what each memory gives anew."""
    unit = json.loads(line)
    for name in ("id", "revision"):
        unit.pop(name, None)
    for variant in unit["variants"]:
        for name in ("created_us", "changed_us"):
            variant.pop(name, None)
    return json.dumps(unit, sort_keys=True)


class RoundTripTest(CliTest):
    def setUp(self):
        super().setUp()
        self.where = ["--embedded", self.path("store")]

    def files(self):
        """(locale, file) of each language."""
        full = os.environ.get("REPRISE_FULL") == "1"
        data = os.path.join(system_test.ARGS.source, "..", "shared", "data", "libreoffice.en-*.tsv.zst")
        packed = sorted(glob.glob(data))
        if not packed:
            return [(locale, os.path.join(system_test.ARGS.source, "samples", "diplomacy.tmx")) for locale in ("zh-CN", "ru")]
        if not full:
            packed = [file for file in packed if any(f"en-{locale}." in file for locale in ("de", "ja", "ar"))]
        out = []
        for file in packed:
            rows = subprocess.run(["zstdcat", file], check=True, capture_output=True).stdout.splitlines(keepends=True)
            locale = os.path.basename(file).split(".")[1][3:]
            # Rows from all over the file, so that menus, help and messages are all there.
            kept = rows if full else rows[::max(1, len(rows) // 2000)]
            name = self.path(f"{locale}.tsv")
            with open(name, "wb") as out_file:
                out_file.write(b"source_lang\ttarget_lang\tsource\ttarget\tcontext\n" + b"".join(kept))
            out.append((locale, name))
        return out

    def units(self, memory):
        self.ok("export", "--memory", memory, "--format", "jsonl", "-o", self.path("units.jsonl"))
        with open(self.path("units.jsonl"), encoding="utf-8") as file:
            return [comparable(line) for line in file]

    def texts(self, memory, locale):
        """(source, target, document, key) of each pair: what every format of one pair holds."""
        self.ok("export", "--memory", memory, "--format", "tsv", "--from", "en", "--to", locale, "-o", self.path("t.tsv"))
        with open(self.path("t.tsv"), encoding="utf-8", newline="\n") as file:
            return sorted(tuple(row.rstrip("\n").split("\t")[2:6]) for row in list(file)[1:])

    def test_every_format(self):
        for locale, file in self.files():
            memory = f"m-{locale.lower()}"
            self.check_sum(self.create_and_import(memory, file))
            units, texts = self.units(memory), self.texts(memory, locale)
            self.assertGreater(len(units), 50)
            for word in ("tmx", "jsonl", "xliff", "xliff2", "tsv", "po"):
                with self.subTest(locale=locale, format=word):
                    self.check_format(memory, locale, word, units, texts)

    def check_format(self, memory, locale, word, units, texts):
        pair = [] if word in LOSSLESS else ["--from", "en", "--to", locale]
        first, second = self.path("first." + word), self.path("second." + word)
        summary = self.ok_json("export", "--memory", memory, "--format", word, *pair, "-o", first)[-1]
        self.assertEqual((summary["skipped"], summary["replaced"]), (0, 0), summary)
        copy = f"{memory}-{word}"
        report = self.create_and_import(copy, first)
        self.assertEqual(report["refused"], 0, report["refusals"][:3])
        if word in LOSSLESS or word.startswith("xliff"):
            self.assertEqual(self.units(copy), units)
        elif word == "po":
            # PO holds a text once under a key: the export says how many others there are.
            back = self.texts(copy, locale)
            self.assertEqual(len(back) + summary["repeated"], len(texts))
            known = {row[:2] + row[3:] for row in texts}
            self.assertTrue(all(row[:2] + row[3:] in known for row in back))
        else:
            self.assertEqual(self.texts(copy, locale), texts)
        self.ok("export", "--memory", copy, "--format", word, *pair, "-o", second)
        with open(first, "rb") as one, open(second, "rb") as two:
            self.assertTrue(one.read() == two.read() or word == "jsonl", "the second export differs")


if __name__ == "__main__":
    system_test.main()
