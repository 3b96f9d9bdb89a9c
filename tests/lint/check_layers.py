#!/usr/bin/python3
"""Fails on an #include that points up or sideways: the arrows between folders, and who may use which library."""

import re

import sources

# What a folder may include besides itself. Folders that are not named here (tests, bench, fuzz) may include anything.
ALLOWED = {
    "base": set(),
    "text": {"base"},
    "match": {"text", "base"},
    "formats": {"text", "base"},
    "storage": {"text", "base"},  # and ONE_HEADER below
    "engine": {"storage", "match", "formats", "text", "base"},
    "server": {"engine", "storage", "match", "formats", "text", "base", "proto"},
    "client": {"formats", "text", "base", "proto"},  # and ONE_HEADER below
}

# Single headers that a folder may include of another.
ONE_HEADER = {
    "storage": {"match/profile.h", "match/score.h"},
    "client": {"server/server.h"},
}

# Prefix of an include -> folders that may use the library behind it; absl is everyone's.
THIRD_PARTY = [
    (r"unicode/(ucnv|utf16)\.h", {"text", "formats"}, "ICU's converters"),
    (r"unicode/", {"text"}, "ICU"),
    (r"expat\.h|expat_external\.h", {"formats"}, "expat"),
    (r"archive\.h|archive_entry\.h", {"formats"}, "libarchive"),
    (r"zstd\.h|zlib\.h", {"formats"}, "compression libraries"),
    (r"jemalloc/", {"base"}, "jemalloc"),
    (r"lzma\.h", {"formats"}, "liblzma"),
    (r"md4c", {"formats"}, "MD4C"),
    (r"nlohmann/", {"formats"}, "JSON for Modern C++"),
    (r"re2/", {"engine"}, "RE2"),
    (r"cld2/", {"engine"}, "CLD2"),
    (r"rocksdb/", {"storage"}, "RocksDB"),
    (r"google/protobuf/", {"storage", "server", "client"}, "protobuf"),
    (r"grpc/|grpcpp/|grpc\+\+/", {"server", "client"}, "gRPC"),
    (r"CLI/", {"client", "server"}, "CLI11"),
    (r"prometheus/|httplib\.h|nghttp2/|microhttpd\.h", {"server"}, "HTTP and metrics libraries"),
    (r"gtest/|gmock/", set(), "GoogleTest"),
    (r"benchmark/", set(), "Google Benchmark"),
    (r"boost/", set(), "Boost"),
    (r"ranges$", set(), "<ranges> (clang 14 cannot compile it)"),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")', re.MULTILINE)
# Generated from our own protos: the public API, and the record that only storage reads.
PUBLIC_PROTO = re.compile(r"^(proto/)?(reprise/v1|google/rpc|grpc)/.*\.pb\.h$")
PRIVATE_PROTO = re.compile(r"^(storage/)?[a-z_]+\.pb\.h$")
OURS = set(ALLOWED) | {"proto", "tests", "bench", "fuzz"}


def problem_with(path, include, quoted):
    """Why the file at path may not include this, or None."""
    folder = path.split("/")[0]
    if folder not in ALLOWED:
        return None
    if PUBLIC_PROTO.match(include):
        return None if folder in ("server", "client") else f"{folder}/ must not know the public protos"
    if PRIVATE_PROTO.match(include) and quoted:
        return None if folder == "storage" else f"{folder}/ must not know storage's private records"
    for pattern, users, name in THIRD_PARTY:
        if re.match(pattern, include):
            return None if folder in users else f"{folder}/ must not use {name}"
    target = include.split("/")[0]
    if quoted and "/" not in include:
        return "name our headers from the repository root"
    if target in OURS and "/" in include and (quoted or include.endswith(".h")):
        if target == folder or target in ALLOWED[folder] or include in ONE_HEADER.get(folder, ()):
            return None
        return f"{folder}/ must not include {target}/"
    return None


def check(path, text):
    problems = []
    for match in INCLUDE.finditer(text):
        why = problem_with(path, match.group(1) or match.group(2), match.group(2) is not None)
        if why:
            line = text.count("\n", 0, match.start()) + 1
            problems.append(f"{path}:{line}: {match.group(0).strip()}: {why}")
    return problems


def main():
    root = sources.parser(__doc__).parse_args().root
    paths = [p for p in sources.files(root, (".h", ".cc")) if p.split("/")[0] in ALLOWED]
    problems = [p for path in paths for p in check(path, sources.read(root, path))]
    sources.report(problems, len(paths), "source files")


if __name__ == "__main__":
    main()
