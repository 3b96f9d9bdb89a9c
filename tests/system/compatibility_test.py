#!/usr/bin/python3
"""docs/compatibility.md says what becomes of every attribute: kept or ignored is tried out, one by one.

Files that hold all elements get every attribute that they lack, each with a value of its own; what of these is in the
export is kept. (What is used means something, which other tests show.)
"""
import os
import sys
import xml.etree.ElementTree as ElementTree

import harness
import system_test
from system_test import CliTest

XML = "{http://www.w3.org/XML/1998/namespace}"

TMX = """<tmx version="1.4"><header srclang="en">
<note>n</note><prop type="t">p</prop><ude><map/></ude></header><body>
<tu srclang="en" usagecount="1" lastusagedate="20240131T235959Z" creationdate="20240131T235959Z" creationid="ann"
 changedate="20240131T235959Z" changeid="bob"><note>n</note><prop type="x-mine">p</prop>
<tuv xml:lang="en" usagecount="1" lastusagedate="20240131T235959Z" creationdate="20240131T235959Z" creationid="ann"
 changedate="20240131T235959Z" changeid="bob"><note>n</note><prop type="x-mine">p</prop><seg>One <bpt i="1">b</bpt>two<ept
 i="1">e</ept> <it pos="begin">i</it> <ph>p<sub>s</sub></ph> <hi>three</hi> <ut>u</ut></seg></tuv>
<tuv xml:lang="de" lang="de"><seg>Eins</seg></tuv></tu></body></tmx>"""

XLIFF12 = """<xliff version="1.2"><file original="o" source-language="en" target-language="de">
<header><skl><internal-file>x</internal-file></skl><phase-group><phase/></phase-group>
<glossary><external-file/></glossary><reference><internal-file>x</internal-file></reference>
<count-group><count>1</count></count-group>
<prop-group><prop>p</prop></prop-group><tool/><note>n</note></header><body>
<group><note>n</note><context-group><context context-type="x-c">c</context></context-group>
<trans-unit resname="k" translate="yes" approved="no"><source xml:lang="en">One <g>g</g><x/><bx
 rid="1"/>b<ex rid="1"/><bpt rid="2">b</bpt>p<ept rid="2">e</ept><it pos="open">i</it><ph>p<sub>s</sub></ph><mrk mtype="x-m">m</mrk></source><target xml:lang="de" state="translated"
 state-qualifier="exact-match">Eins</target><note annotates="source">n</note>
<context-group><context context-type="x-c">c</context></context-group>
<count-group><count>1</count></count-group>
<prop-group><prop>p</prop></prop-group>
<alt-trans match-quality="80%"><source>A</source><target>B</target></alt-trans></trans-unit>
<trans-unit id="2"><source>Two. Three.</source><seg-source><mrk mtype="seg" mid="1">Two.</mrk> <mrk mtype="seg"
 mid="2">Three.</mrk></seg-source><target><mrk mtype="seg" mid="1">Zwei.</mrk> <mrk mtype="seg" mid="2">Drei.</mrk></target>
</trans-unit><bin-unit><bin-source><external-file/></bin-source><bin-target><external-file/></bin-target></bin-unit></group></body></file></xliff>"""

XLIFF2 = """<xliff version="2.1" srcLang="en" trgLang="de"><file original="o" translate="yes"><skeleton>x</skeleton>
<notes><note>n</note></notes><group translate="yes"><notes><note>n</note></notes><unit name="k"
 translate="yes"><notes><note appliesTo="source">n</note></notes><originalData><data id="d1">&lt;d1/&gt;</data><data
 id="d2">&lt;d2&gt;</data><data id="d3">&lt;/d2&gt;<cp hex="001F"/></data></originalData><ignorable><source> </source></ignorable>
<segment state="translated"><source xml:lang="en">One <ph dataRef="d1"/><pc dataRefStart="d2"
 dataRefEnd="d3">two</pc><sc id="3" dataRef="d2" isolated="no"/>x<ec startRef="3" dataRef="d3" isolated="no"/><ph/><pc>y</pc><sc id="8" isolated="no"/>z<ec startRef="8" isolated="no"/><mrk>m</mrk><sm id="5"/>s<em
 startRef="5"/><cp hex="001F"/></source><target xml:lang="de">Eins</target></segment></unit></group></file></xliff>"""


def tables(path):
    """{table: {element: (used, kept, ignored)}} of the document."""
    sys.path.insert(0, os.path.join(system_test.ARGS.source, "tests", "lint"))
    import check_compatibility
    with open(path, encoding="utf-8") as file:
        return check_compatibility.tables(file.read())[0]


class CompatibilityTest(CliTest):
    def marked(self, skeleton, elements):
        """The file in which every attribute that is not there holds a value of its own."""
        root = ElementTree.fromstring(skeleton)
        for node in root.iter():
            for attribute in elements[node.tag]:
                name = XML + attribute[4:] if attribute.startswith("xml:") else attribute
                if name not in node.attrib:
                    node.set(name, f"mk.{node.tag}.{attribute}.")
        return ElementTree.tostring(root, encoding="unicode")

    def check(self, table, skeleton, file_name):
        said = tables(os.path.join(system_test.ARGS.source, "docs", "compatibility.md"))[table]
        elements = {element: kept | ignored for element, (_, kept, ignored) in said.items()}
        missing = set(elements) - {node.tag for node in ElementTree.fromstring(skeleton).iter()}
        self.assertEqual(missing, set(), "elements that the file here lacks")
        marked = self.marked(skeleton, elements)
        path = self.write(file_name, marked)
        where = ["--embedded", self.path("store")]
        self.ok("memory", "create", "m", where=where)
        report = self.ok_json("import", "--memory", "m", path, where=where)[-1]
        self.assertEqual((report["refused"], report["added"] > 0), (0, True), report)
        out = self.ok("export", "--memory", "m", "--format", "jsonl", "-o", "-", where=where).out
        wrong = []
        for element, (used, kept, ignored) in sorted(said.items()):
            for attribute in sorted(kept | ignored):
                found = f"mk.{element}.{attribute}." in out
                if f"mk.{element}.{attribute}." not in marked:
                    continue  # the file gives it a value that means something everywhere
                if found != (attribute in kept):
                    wrong.append(f"{element}/@{attribute} is {'kept' if found else 'ignored'}")
        self.assertEqual(wrong, [], f"{table}: not as docs/compatibility.md says")

    def test_tmx(self):
        self.check("tmx", TMX, "a.tmx")

    def test_xliff12(self):
        self.check("xliff12", XLIFF12, "a.xlf")

    def test_xliff2(self):
        self.check("xliff2", XLIFF2, "a.xlf")


if __name__ == "__main__":
    system_test.main()
