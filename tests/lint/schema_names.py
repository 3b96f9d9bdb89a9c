"""The elements and attributes that TMX 1.4b and XLIFF 1.2 and 2.1 core declare, out of a DTD and schemas.

    schema_names.py FOLDER > tests/lint/schema_names.txt     # where the folder has them (see SCHEMAS)

Each line of the list is `FORMAT ELEMENT ATTRIBUTE…`. check_compatibility.py compares docs/compatibility.md with it.
"""
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

XSD = "{http://www.w3.org/2001/XMLSchema}"
SCHEMAS = (("tmx", "tmx14.dtd"), ("xliff12", "xliff-core-1.2-transitional.xsd"),
           ("xliff2", "xliff21/xliff_core_2.0.xsd"))


def of_dtd(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        text = re.sub(r"<!--.*?-->", "", file.read(), flags=re.S)
    names = {element: set() for element in re.findall(r"<!ELEMENT\s+(\S+)", text)}
    for element, body in re.findall(r"<!ATTLIST\s+(\S+)\s(.*?)>", text, re.S):
        body = re.sub(r"\([^)]*\)", "CDATA", body)
        names[element].update(re.findall(r"([\w:.-]+)\s+(?:CDATA|NMTOKENS?|ID|IDREFS?)\b", body))
    return names


def of_xsd(path):
    root = ElementTree.parse(path).getroot()
    types = {node.get("name"): node for node in root.findall(XSD + "complexType")}
    groups = {node.get("name"): node for node in root.findall(XSD + "attributeGroup")}

    def attributes(node):
        found = set()
        for child in node:
            if child.tag == XSD + "attribute":
                name = child.get("name") or child.get("ref")
                found.add(name if name.startswith("xml:") else name.split(":")[-1])
            elif child.tag == XSD + "attributeGroup":
                found |= attributes(groups[child.get("ref").split(":")[-1]])
            elif child.tag == XSD + "extension":
                base = child.get("base").split(":")[-1]
                found |= attributes(child) | (attributes(types[base]) if base in types else set())
            elif child.tag != XSD + "element":
                found |= attributes(child)
        return found

    names = {}
    for node in root.iter(XSD + "element"):
        if node.get("name") is None or node.get("abstract") == "true":
            continue
        kind = (node.get("type") or "").split(":")[-1]
        names.setdefault(node.get("name"), set()).update(attributes(types[kind] if kind in types else node))
    return names


def of_folder(folder):
    """Lines of the list."""
    lines = []
    for name, path in SCHEMAS:
        whole = os.path.join(folder, path)
        names = of_dtd(whole) if path.endswith(".dtd") else of_xsd(whole)
        for element in sorted(names):
            lines.append(" ".join([name, element] + sorted(names[element])))
    return lines


if __name__ == "__main__":
    print("\n".join(of_folder(sys.argv[1])))
