#!/usr/bin/python3
"""Calls Reprise from Python: makes a memory, stores two units, looks a sentence up, prints the matches.

    /usr/bin/python3 examples/python/lookup.py --server 127.0.0.1:7420

Needs Debian's python3-grpcio, python3-protobuf, protobuf-compiler and protobuf-compiler-grpc. The stubs are generated
into a temporary folder; a program of yours would generate them once and keep them.
"""

import argparse
import glob
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import types

import google
import grpc

PROTO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "proto")


def load_api(proto, folder):
    """Generates the stubs of every proto file into folder and returns the modules of reprise.v1."""
    files = sorted(glob.glob(os.path.join(proto, "**", "*.proto"), recursive=True))
    subprocess.run(
        ["protoc", "-I", proto, f"--python_out={folder}", f"--grpc_python_out={folder}",
         f"--plugin=protoc-gen-grpc_python={shutil.which('grpc_python_plugin')}", *files],
        check=True)
    sys.path.insert(0, folder)
    google.__path__.append(os.path.join(folder, "google"))  # beside Debian's google.protobuf
    names = ["content_pb2", "memories_pb2", "memories_pb2_grpc", "units_pb2", "units_pb2_grpc", "matches_pb2",
             "matches_pb2_grpc"]
    return types.SimpleNamespace(**{name: importlib.import_module("reprise.v1." + name) for name in names})


def make_memory(api, channel, memory_id):
    """Makes the memory unless it is there already; returns its resource name."""
    memories = api.memories_pb2_grpc.MemoriesStub(channel)
    try:
        memories.CreateMemory(api.memories_pb2.CreateMemoryRequest(memory_id=memory_id), timeout=10)
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.ALREADY_EXISTS:
            raise
    return "memories/" + memory_id


def put_units(api, channel, memory, rows):
    """Stores rows of {locale: text}, each one unit; prints what became of each."""
    units = api.units_pb2_grpc.UnitsStub(channel)
    request = api.units_pb2.PutUnitsRequest(parent=memory)
    for row in rows:
        unit = request.items.add().unit
        unit.source_locale = "en"
        for locale, text in row.items():
            variant = unit.variants.add(locale=locale, origin=api.content_pb2.ORIGIN_HUMAN)
            variant.content.text = text
    for result in units.PutUnits(request, timeout=10).results:
        outcome = api.units_pb2.PutOutcome.Name(result.outcome)
        print(f"{outcome:22} {result.unit or result.status.message}")


def look_up(api, channel, memory, text, source, target):
    """Looks one text up and prints its matches, best first."""
    matches = api.matches_pb2_grpc.MatchesStub(channel)
    request = api.matches_pb2.LookupRequest()
    request.memories.add(name=memory)
    request.query.content.text = text
    request.query.source_locale = source
    request.query.target_locale = target
    request.options.threshold = 70
    response = matches.Lookup(request, timeout=10)
    print(f"\n{source} -> {target}: {text}")
    for match in response.matches:
        penalties = ", ".join(f"-{p.points} {p.name}" for p in match.penalties)
        print(f"{match.score:4} %  {match.source.text}  =>  {match.target.content.text}  {penalties}".rstrip())
    if not response.matches:
        print("  no match")
    return len(response.matches)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", default="127.0.0.1:7420", help="HOST:PORT")
    parser.add_argument("--memory", default="example-python", help="the memory to make")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, grpc.insecure_channel(args.server) as channel:
        api = load_api(PROTO, folder)
        memory = make_memory(api, channel, args.memory)
        put_units(api, channel, memory, [
            {"en": "The treaty was signed in spring.", "fr": "Le traité a été signé au printemps.",
             "ja": "条約は春に調印されました。"},
            {"en": "The border is open.", "fr": "La frontière est ouverte.", "ja": "国境は開いています。"},
        ])
        found = look_up(api, channel, memory, "The treaty was signed in autumn.", "en", "fr")
        found += look_up(api, channel, memory, "La frontière est ouverte.", "fr", "ja")
    return 0 if found >= 2 else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except grpc.RpcError as error:
        sys.exit(f"the server answered {error.code().name}: {error.details()}")
