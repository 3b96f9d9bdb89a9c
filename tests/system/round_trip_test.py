#!/usr/bin/python3
"""Nothing is lost on the way out and in again: memory -> file -> another memory -> the same file, in every format.

With ../shared/data there are real strings, too: 2,000 rows each of three languages. REPRISE_ALL_LANGUAGES=1 takes all
files (five minutes), REPRISE_ALL_ROWS=1 all their rows besides (an hour or more).
"""
import collections
import copy
import glob
import json
import os
import re
import subprocess
import time
import xml.etree.ElementTree as ElementTree

import system_test
from system_test import CliTest, sample

DATA = os.path.join("..", "shared", "data")
FORMATS = ("tmx", "xliff", "xliff2", "po", "tsv", "csv", "jsonl")
WHOLE_UNITS = ("tmx", "jsonl")  # any number of languages, without --from and --to
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def asked_for(name):
    return os.environ.get(name) == "1"


def remove(unit, *names):
    for name in names:
        unit.pop(name, None)


def without_ids(unit):
    """`id` and `revision` are a memory's own: docs/formats.md, JSON Lines."""
    unit = copy.deepcopy(unit)
    remove(unit, "id", "revision")
    return unit


def bare(variant):
    return {"locale": variant["locale"], "text": variant["text"]}


def by_context(unit):
    """A message has one context: a unit that was seen in several places is as many."""
    for context in unit.get("contexts") or [None]:
        yield {**unit, "contexts": [] if context is None else [context]}


def as_po_holds(unit):
    """docs/formats.md, PO: no codes, dates, names; of attributes what is `po:`; the neighbours are what the order of
    the messages says anew. The document is written as a reference, and references are kept."""
    unit = without_ids(unit)
    remove(unit, "client_key", "group")
    kept = ("po:extracted", "po:references", "po:flags", "po:plural-index")
    unit["attributes"] = {key: value for key, value in unit.get("attributes", {}).items() if key in kept}
    unit["variants"] = [bare(variant) for variant in unit["variants"]]
    for part in by_context(unit):
        context = {key: value for key, value in (part["contexts"] or [{}])[0].items() if key in ("document", "key")}
        references = part["attributes"].get("po:references") or [context.get("document")]
        yield {**part, "attributes": {**part["attributes"], "po:references": references}, "contexts": [context]}


def as_tsv_holds(unit):
    """docs/formats.md, TSV and CSV: the two languages and texts; document, key, neighbours of the source language."""
    source = unit["source_locale"]
    contexts = copy.deepcopy(unit.get("contexts", []))
    for context in contexts:
        for side in ("previous", "next"):
            context[side] = {key: value for key, value in context.get(side, {}).items() if key == source}
    yield {"source_locale": source, "variants": [bare(variant) for variant in unit["variants"]], "contexts": contexts}


def as_whole_units(unit):
    yield without_ids(unit)


HOLDS = {"tmx": as_whole_units, "xliff": as_whole_units, "xliff2": as_whole_units, "jsonl": as_whole_units,
         "po": as_po_holds, "tsv": as_tsv_holds, "csv": as_tsv_holds}


def canonical(units, holds):
    return collections.Counter(json.dumps(part, sort_keys=True, ensure_ascii=False)
                               for unit in units for part in holds(unit))


class RoundTripTest(CliTest):
    def setUp(self):
        super().setUp()
        self.where = ["--embedded", self.path("store")]

    def cli(self, *arguments, **more):
        return super().cli(*arguments, timeout=3600 if asked_for("REPRISE_ALL_ROWS") else 120, **more)

    def units_of(self, memory, *pair):
        out = self.ok("export", "--memory", memory, "--format", "jsonl", "-o", "-", *pair).out
        return [json.loads(line) for line in out.splitlines()]

    def export(self, memory, form, name, *pair):
        options = [] if form in WHOLE_UNITS else pair
        return self.ok_json("export", "--memory", memory, "--format", form, "-o", self.path(name), *options)[-1]

    def content(self, name, form):
        with open(self.path(name), "rb") as file:
            data = file.read()
        return re.sub(rb'^\{"id":"\d+","revision":\d+,', b"{", data, flags=re.MULTILINE) if form == "jsonl" else data

    def round_trip(self, memory, units, form, source, target):
        """Through a file into a memory of its own, and once more into a file."""
        began = time.monotonic()
        pair = ("--from", source, "--to", target)
        name = f"{memory}.{form}"
        summary = self.export(memory, form, name, *pair)
        self.assertEqual((summary["skipped"], summary["replaced"]), (0, 0), summary)
        again = f"{memory}_{form}"
        report = self.create_and_import(again, *pair, "--format", form, self.path(name))
        self.check_sum(report)
        self.assertEqual((report["refused"], report["warned"], report["skipped"]), (0, 0, 0), report)
        before, after = canonical(units, HOLDS[form]), canonical(self.units_of(again), HOLDS[form])
        lost, new = before - after, after - before
        # PO holds a text of one key once, and its export says how many there are besides.
        repeated = summary["repeated"]
        self.assertLessEqual(sum(lost.values()), repeated, (form, list(lost)[:3], list(new)[:3]))
        self.assertEqual(new, collections.Counter(), (form, list(lost)[:3], list(new)[:3]))
        self.export(again, form, name + ".again", *pair)
        self.assertTrue(self.content(name, form) == self.content(name + ".again", form),
                        f"{form}: the second export of {memory} differs from the first")
        size = os.path.getsize(self.path(name))
        for suffix in ("", ".again"):
            os.unlink(self.path(name + suffix))
        self.ok("memory", "delete", again)
        print(f"  {memory} {form}: {len(units)} units, {sum(lost.values())} left out as {repeated} repeated, "
              f"{sum(new.values())} changed, {size} bytes, {time.monotonic() - began:.1f} s")

    def test_own_sample(self):
        """The sample of nine languages: whole, and each pair by way of the formats that hold one."""
        whole = self.create_and_import("whole", sample("diplomacy.tmx"))
        self.assertEqual(whole["refused"], 0)
        units = self.units_of("whole")
        self.assertEqual(len(units), whole["added"])
        print()
        for form in WHOLE_UNITS:
            self.round_trip("whole", units, form, "en", "de")
        root = ElementTree.parse(sample("diplomacy.tmx")).getroot()
        for target in ("zh-CN", "ar", "hi", "ja"):
            rows = ["source_lang\ttarget_lang\tsource\ttarget\tcontext\n"]
            for number, unit in enumerate(root.iter("tu")):
                text = {tuv.get(XML_LANG): "".join(tuv.find("seg").itertext()) for tuv in unit.iter("tuv")}
                if target in text:
                    rows.append(f"en\t{target}\t{text['en']}\t{text[target]}\tnews.txt|{number}\n")
            self.assertGreater(len(rows), 50)
            self.all_formats(target.lower(), self.write(f"{target}.tsv", "".join(rows)), len(rows) - 1)

    def test_everything_a_unit_holds(self):
        """Every field once, in what claims to lose none, and what PO and tables hold of it."""
        def variant(locale, text, **more):
            return {"locale": locale, "text": text, **more}

        rich = {"source_locale": "en", "group": "g1", "client_key": "ck", "note": "of the unit\nin two lines",
                "attributes": {"project": ["a", "b"], "x & <y>": ["“\"'"]},
                "variants": [
                    variant("en", "Press the <key> & wait.", origin="human", status="final", locked=True,
                            created_us=1706745599000000, changed_us=1706745599000001, created_by="ann <a@b>",
                            changed_by="bob", usage_count=7, last_used_us=1706745600000000, note="n\ttab",
                            attributes={"k": ["v"]},
                            codes=[{"position": 10, "kind": "open", "pair": 1, "data": "<b a=\"&\">",
                                    "equivalent": "", "type": "bold"},
                                   {"position": 15, "kind": "close", "pair": 1, "data": "</b>"},
                                   {"position": 22, "kind": "standalone", "data": "<br/>", "equivalent": "\n"}]),
                    variant("zh-CN", "按 <键> 并等待。\U0001f600", status="reviewed", origin="mt",
                            created_us=1706745599000000, changed_us=1706745599000001)],
                "contexts": [{"document": "a b.html", "key": "k|1",
                              "previous": {"en": {"state": "text", "text": "Before & \t<tab>."},
                                           "zh-CN": {"state": "edge"}},
                              "next": {"en": {"state": "edge"}}},
                             {"document": "other.html", "key": "", "next": {"en": {"state": "text", "text": "After"}}}]}
        lines = [rich]
        for status in ("draft", "translated", "reviewed", "final", "rejected", None):
            for number, text in enumerate((" white  space \u00a0\u3000", "line\nends\r\nand\ttabs", "\u202eنص\u202c \u200f",
                                           "e\u0301 \u00e9 \ufb01", "\\n \\t \\\\ \"q\" 'q' ;, |", "&amp; &lt; ]]> <!--",
                                           "{0} %s %1$d ${x}", "\U0001f468\u200d\U0001f469\u200d\U0001f467")):
                unit = {"source_locale": "en",
                        "variants": [variant("en", f"{text}{status} {number}"), variant("zh-CN", f"译 {text}")],
                        "contexts": [{"document": "d.txt", "key": f"{status}{number}"}]}
                if status:
                    unit["variants"][1]["status"] = status
                lines.append(unit)
        file = self.write("rich.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        report = self.create_and_import("rich", file)
        self.assertEqual((report["added"], report["refused"]), (len(lines), 0), report)
        units = self.units_of("rich")
        print()
        for form in ("jsonl", "tmx", "xliff", "xliff2"):
            with self.subTest(form):
                self.round_trip("rich", units, form, "en", "zh-CN")
        # A name with a space is no reference: the document has no place; a rejected text is left out.
        rich["contexts"][0]["document"] = "a.html"
        settled = [line for line in lines if line["variants"][1].get("status") != "rejected"]
        self.create_and_import("settled", self.write("settled.jsonl", "".join(json.dumps(u) + "\n" for u in settled)))
        with self.subTest("po"):
            self.round_trip("settled", self.units_of("settled"), "po", "en", "zh-CN")
        for form in ("tsv", "csv"):
            with self.subTest(form):
                self.round_trip("rich", units, form, "en", "zh-CN")

    def all_formats(self, memory, file, rows=None):
        report = self.create_and_import(memory, file)
        self.check_sum(report)
        if rows is not None:
            self.assertEqual(report["read"], rows)
        units = self.units_of(memory)
        # Nothing was lost on the first way in: what is one row less is the same text with the same translation.
        self.assertEqual(len(units), report["added"])
        target = next(v["locale"] for v in units[0]["variants"] if v["locale"] != "en")
        for form in FORMATS:
            with self.subTest(memory=memory, format=form):
                self.round_trip(memory, units, form, "en", target)
        return len(units)

    def test_real_strings(self):
        folder = os.path.join(system_test.ARGS.source, DATA)
        files = sorted(glob.glob(os.path.join(folder, "libreoffice.en-*.tsv.zst")))
        if not files:
            self.skipTest(f"no strings in {folder}")
        total = 0
        print()
        for file in files:
            language = re.search(r"en-([\w-]+)\.tsv", file).group(1)
            everything = asked_for("REPRISE_ALL_ROWS")
            if not everything and not asked_for("REPRISE_ALL_LANGUAGES") and language not in ("zh-CN", "ar", "de"):
                continue
            if not everything:
                whole = subprocess.run(["zstd", "-dcq", file], stdout=subprocess.PIPE, check=True).stdout
                # Everywhere from the file, as its beginning is one program alone.
                lines = whole.splitlines(keepends=True)
                file = self.write(f"{language}.tsv", b"".join(lines[::max(1, len(lines) // 2000)][:2000]))
            total += self.all_formats(language.lower(), file)
        print(f"  {total} units in all")
        self.assertGreater(total, 5000)


if __name__ == "__main__":
    system_test.main()
