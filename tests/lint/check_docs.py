#!/usr/bin/python3
"""Fails on a path of the repository that a document names and that does not exist.

A path is what stands in `code` or as the target of a Markdown link, or in a fenced block at the start of a command, and
begins with a folder or a file of the repository root. Text after # or : is a place within the file; <...>, *, and
UPPER-CASE words are for the reader to replace.
"""

import os
import re

import sources

CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"^(?:\./)?[A-Za-z0-9_.][A-Za-z0-9_.+-]*(?:/[A-Za-z0-9_.+-]+)*/?$")
# What the build and the scripts make: named in documents, absent from a clone.
MADE = ("build/", "out/", ".quickstart/", "node_modules/")


def candidates(text):
    """(offset, word) of all that may be a path."""
    for match in FENCE.finditer(text):
        for word in re.finditer(r"[^\s`'\"()]+", match.group(0)):
            if "/" in word.group(0):
                yield match.start() + word.start(), word.group(0)
    plain = FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)
    for match in CODE.finditer(plain):
        for word in re.finditer(r"\S+", match.group(1)):
            yield match.start(1) + word.start(), word.group(0)
    for match in LINK.finditer(plain):
        if "://" not in match.group(1) and not match.group(1).startswith("#"):
            yield match.start(1), match.group(1)


def missing(path, text, top, exists):
    """Complaints about the document at path; top: names in the repository root; exists: path -> bool."""
    problems = []
    for offset, word in candidates(text):
        word = re.split(r"[#:]", word.rstrip(".,;"))[0]
        word = word[2:] if word.startswith("./") else word
        if not PATH.match(word) or word.startswith(MADE) or word + "/" in MADE:
            continue
        if "/" not in word.rstrip("/") and not word.endswith((".md", ".txt", ".yaml", ".json")):
            known = not word.endswith("/") or word.rstrip("/") in top
        else:
            first = word.split("/")[0]
            beside = os.path.normpath(os.path.join(os.path.dirname(path), word))
            in_root = first in top or word.endswith(".md")
            known = not in_root or exists(word) or exists(beside)
        if not known:
            problems.append(f"{path}:{text.count(chr(10), 0, offset) + 1}: names {word}, which does not exist")
    return problems


def main():
    root = sources.parser(__doc__).parse_args().root
    paths = [p for p in sources.files(root, (".md",)) if "/" not in p or p.startswith("docs/")]
    top = {name for name in os.listdir(root) if name not in sources.NOT_OURS}
    problems = []
    for path in paths:
        problems += missing(path, sources.read(root, path), top, lambda p: os.path.exists(os.path.join(root, p)))
    sources.report(problems, len(paths), "documents")


if __name__ == "__main__":
    main()
