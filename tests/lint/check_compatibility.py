#!/usr/bin/python3
"""Fails where docs/compatibility.md leaves out an element or attribute that TMX 1.4b, XLIFF 1.2 or XLIFF 2.1 core declare,
or does not say what becomes of it. tests/lint/schema_names.txt has the names; where the schemas themselves are, the list
is compared with them (REPRISE_SCHEMA_DIR, else ../shared/schema).

A table that begins with `<!-- table: tmx -->` (xliff12, xliff2) has the columns element, what becomes of it, and its
attributes that are used, kept and ignored. Names stand in backticks. What is ignored has a reason: `a`, `b`: why; `c`: why.
"""
import os
import re

import schema_names
import sources

DOCUMENT = "docs/compatibility.md"
LIST = "tests/lint/schema_names.txt"
NAME = re.compile(r"`([\w:.-]+)`")
WORDS = ("used", "kept", "ignored")


def cells_of(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def tables(text):
    """({table: {element: (used, kept, ignored)}}, complaints): sets of attributes."""
    found, problems = {}, []
    current = None
    for number, line in enumerate(text.split("\n"), 1):
        mark = re.match(r"<!-- table: (\w+) -->", line)
        if mark:
            current = found.setdefault(mark.group(1), {})
        elif current is not None and not line.startswith("|") and (current or line.strip()):
            current = None
        if current is None or not line.startswith("|") or set(line) <= set("|- "):
            continue
        cells = cells_of(line)
        if cells[0] == "element":
            continue
        problems += row(cells, f"{DOCUMENT}:{number}", current)
    return found, problems


def row(cells, place, table):
    if len(cells) != 5:
        return [f"{place}: has {len(cells)} cells, not 5"]
    problems = []
    elements = NAME.findall(cells[0])
    word = re.match(r"\w*", cells[1]).group(0)
    if not elements or word not in WORDS:
        problems.append(f"{place}: names no element, or does not begin with used, kept or ignored")
    if word == "ignored" and not re.match(r"ignored: .{10}", cells[1]):
        problems.append(f"{place}: ignores {cells[0]} without a reason")
    for group in filter(None, (part.strip() for part in cells[4].split(";"))):
        if not re.match(r"(`[\w:.-]+`(, )?)+: .{10}", group):
            problems.append(f"{place}: '{group}' is no list of attributes with a reason")
    used, kept, ignored = (set(NAME.findall(re.sub(r":(?= ).*?(;|$)", ";", cell))) for cell in cells[2:])
    for attribute in sorted((used | kept) & ignored):
        problems.append(f"{place}: {attribute} is ignored and is not")
    for element in elements:
        if element in table:
            problems.append(f"{place}: {element} stands in two rows")
        table[element] = (used, kept, ignored)
    return problems


def names_of(lines):
    """{table: {element: attributes}} of the list."""
    names = {}
    for line in lines:
        table, element, *attributes = line.split()
        names.setdefault(table, {})[element] = set(attributes)
    return names


def compare(said, names):
    problems = []
    for table, elements in names.items():
        rows = said.get(table, {})
        for element in sorted(set(elements) - set(rows)):
            problems.append(f"{DOCUMENT}: table {table} leaves out <{element}>")
        for element in sorted(set(rows) - set(elements)):
            problems.append(f"{DOCUMENT}: table {table} has <{element}>, which the format does not declare")
        together = {}  # elements of one row may share it with others that have fewer attributes
        for element, attributes in rows.items():
            together.setdefault(id(attributes), []).append(element)
        for element in sorted(set(rows) & set(elements)):
            told = set().union(*rows[element])
            for attribute in sorted(elements[element] - told):
                problems.append(f"{DOCUMENT}: table {table} leaves out <{element}> {attribute}")
        for group in together.values():
            declared = set().union(*(elements.get(element, set()) for element in group))
            for attribute in sorted(set().union(*rows[group[0]]) - declared):
                problems.append(f"{DOCUMENT}: table {table}: <{group[0]}> declares no {attribute}")
    return problems


def main():
    parser = sources.parser(__doc__)
    parser.add_argument("--schemas", default=os.environ.get("REPRISE_SCHEMA_DIR"))
    args = parser.parse_args()
    lines = sources.read(args.root, LIST).split("\n")[:-1]
    said, problems = tables(sources.read(args.root, DOCUMENT))
    problems += compare(said, names_of(lines))
    schemas = args.schemas or os.path.join(args.root, "..", "shared", "schema")
    if all(os.path.exists(os.path.join(schemas, path)) for _, path in schema_names.SCHEMAS):
        if schema_names.of_folder(schemas) != lines:
            problems.append(f"{LIST}: is not what schema_names.py makes of {schemas}")
    sources.report(problems, sum(len(rows) for rows in said.values()), "elements")


if __name__ == "__main__":
    main()
