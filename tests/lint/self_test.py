#!/usr/bin/python3
"""The lint checks must refuse what is wrong and accept what is right: a check that never fails checks nothing."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import check_compatibility
import check_docs
import check_format
import check_headers
import check_layers
import schema_names
import sources


class Layers(unittest.TestCase):
    def refuse(self, path, include):
        self.assertEqual(len(check_layers.check(path, f"// a file\n#include {include}\n")), 1, (path, include))

    def accept(self, path, include):
        self.assertEqual(check_layers.check(path, f"#include {include}\n"), [], (path, include))

    def test_arrows_point_down_only(self):
        self.refuse("base/a.h", '"text/segment.h"')
        self.refuse("text/a.cc", '"match/score.h"')
        self.refuse("match/a.cc", '"storage/kv.h"')
        self.refuse("formats/a.cc", '"engine/translation_memory.h"')
        self.refuse("storage/a.cc", '"match/select.h"')
        self.refuse("storage/a.cc", '"engine/translation_memory.h"')
        self.refuse("engine/a.cc", '"server/status.h"')
        self.refuse("client/a.cc", '"engine/translation_memory.h"')
        self.refuse("client/a.cc", '"server/status.h"')
        self.refuse("engine/a.cc", '"tests/testing/oracle.h"')
        self.refuse("text/a.cc", '"normalize.h"')
        self.refuse("text/a.cc", "<match/score.h>")
        self.accept("text/a.cc", '"text/normalize.h"')
        self.accept("engine/a.cc", '"storage/kv.h"')
        self.accept("storage/a.cc", '"match/score.h"')
        self.accept("tests/match/a.cc", '"server/status.h"')

    def test_libraries_stay_in_their_folder(self):
        self.refuse("match/a.cc", '"unicode/uchar.h"')
        self.refuse("engine/a.cc", '"rocksdb/db.h"')
        self.refuse("engine/a.cc", "<grpcpp/grpcpp.h>")
        self.refuse("match/a.h", "<google/protobuf/message.h>")
        self.refuse("engine/a.cc", '"reprise/v1/matches.pb.h"')
        self.refuse("engine/a.cc", '"storage/record.pb.h"')
        self.refuse("server/a.cc", "<expat.h>")
        self.refuse("server/a.cc", "<gtest/gtest.h>")
        self.refuse("text/a.cc", "<ranges>")
        self.accept("storage/a.cc", '"rocksdb/db.h"')
        self.accept("storage/a.cc", '"storage/record.pb.h"')
        self.accept("server/a.cc", '"reprise/v1/matches.grpc.pb.h"')
        self.accept("text/a.cc", "<unicode/uchar.h>")
        self.accept("base/a.cc", '"absl/status/status.h"')
        self.accept("base/a.cc", "<vector>")

    def test_names_the_line(self):
        self.assertTrue(check_layers.check("text/a.cc", '\n\n#  include "match/a.h"\n')[0].startswith("text/a.cc:3: "))


class Docs(unittest.TestCase):
    def problems(self, text):
        here = {"docs/a.md", "scripts/test", "match/score.h", "match", "README.md"}
        return check_docs.missing("docs/a.md", text, {"docs", "scripts", "match", "README.md"}, lambda p: p in here)

    def test_paths(self):
        self.assertEqual(len(self.problems("see `match/gone.h`\n")), 1)
        self.assertEqual(len(self.problems("see [it](gone.md)\n")), 1)
        self.assertEqual(len(self.problems("```\n$ scripts/gone now\n```\n")), 1)
        self.assertIn("docs/a.md:3:", self.problems("\n\n`docs/b.md`\n")[0])
        self.assertEqual(self.problems("`match/score.h:12`, `scripts/test`, [a](a.md), [r](../README.md)\n"), [])
        self.assertEqual(self.problems("`build/release/x`, `a/b`, `memories/{memory}`, `match/NAME.h*`\n"), [])


class Compatibility(unittest.TestCase):
    HEAD = "text\n\n<!-- table: f -->\n| element | becomes | used | kept | ignored |\n|---|---|---|---|---|\n"
    GOOD = "| `e` | used: it is | `a` | `b` | `c`, `x:d`: they say nothing; `f`: nor does this |\n"
    NAMES = {"f": {"e": {"a", "b", "c", "x:d", "f"}}}

    def problems(self, rows, names=None):
        said, problems = check_compatibility.tables(self.HEAD + rows + "\nafter | it\n")
        return problems + check_compatibility.compare(said, names or self.NAMES)

    def test_every_name_is_there_and_says_what_becomes_of_it(self):
        self.assertEqual(self.problems(self.GOOD), [])
        self.assertIn("leaves out <e>", self.problems("")[0])
        self.assertIn("leaves out <e> f", self.problems(self.GOOD.replace("; `f`: nor does this", ""))[0])
        self.assertIn("<e> declares no g", self.problems(self.GOOD.replace("`b`", "`b`, `g`"))[0])
        self.assertIn("has <h>, which", self.problems(self.GOOD + "| `h` | used | | | |\n")[0])
        self.assertIn("no list of attributes", self.problems(self.GOOD.replace(": nor does this", ""))[0])
        self.assertIn("is ignored and is not", self.problems(self.GOOD.replace("`b`", "`b`, `c`"))[0])
        self.assertIn("without a reason", self.problems(self.GOOD.replace("used: it is", "ignored"))[0])
        self.assertIn("two rows", self.problems(self.GOOD + self.GOOD)[0])
        self.assertIn("not 5", self.problems("| `e` | used |\n")[0])

    def test_names_of_a_dtd_and_a_schema(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a")
            with open(path, "w", encoding="utf-8") as f:
                f.write("<!-- <!ELEMENT no EMPTY> --><!ELEMENT e (f)*>\n<!ATTLIST e a CDATA #REQUIRED b (x|y) 'x'>")
            self.assertEqual(schema_names.of_dtd(path), {"e": {"a", "b"}})
            with open(path, "w", encoding="utf-8") as f:
                f.write('<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema"><s:attributeGroup name="g"><s:attribute '
                        'name="a"/></s:attributeGroup><s:element name="e"><s:complexType><s:sequence><s:element '
                        'name="f"><s:complexType><s:attribute name="no"/></s:complexType></s:element></s:sequence>'
                        '<s:attributeGroup ref="g"/><s:attribute ref="xml:lang"/></s:complexType></s:element></s:schema>')
            self.assertEqual(schema_names.of_xsd(path), {"e": {"a", "xml:lang"}, "f": {"no"}})


class Tools(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)

    def write(self, name, text):
        with open(os.path.join(self.root, name), "w", encoding="utf-8") as f:
            f.write(text)

    def test_header_alone(self):
        self.write("good.h", "#include <string>\ninline std::string F() { return {}; }\n")
        self.write("bad.h", "inline std::string F() { return {}; }\n")
        self.assertIsNone(check_headers.compile_alone(self.root, "good.h", "g++", []))
        self.assertIn("bad.h", check_headers.compile_alone(self.root, "bad.h", "g++", []))

    def test_format(self):
        self.write(".clang-format", "BasedOnStyle: Google\n")
        self.write("good.cc", "int f() { return 1; }\n")
        self.write("bad.cc", "int  f( ){return 1;}\n")
        self.assertEqual(check_format.unformatted(self.root, ["good.cc"]), [])
        self.assertIn("bad.cc", check_format.unformatted(self.root, ["bad.cc", "good.cc"])[0])

    def test_files_without_git(self):
        self.write("a.cc", "")
        self.write("b.txt", "")
        self.assertEqual(sources.files(self.root, (".cc",)), ["a.cc"])

    def test_nothing_to_check_is_a_failure(self):
        check = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check_layers.py")
        done = subprocess.run([sys.executable, check, "--root", self.root], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stdout)


if __name__ == "__main__":
    unittest.main()
