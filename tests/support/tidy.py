#!/usr/bin/env python3
"""tidy.py CLANG_TIDY BUILD REMEMBERED: has clang-tidy look at each source of relay/, db_adapters/ and tests/ that a ninja build compiled.

A file that passed is remembered, in the folder REMEMBERED, by a hash of all that clang-tidy sees of it: its checks, how the file is
compiled, and what the build read for it.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
OURS = tuple(f"{ROOT / folder}/" for folder in ("relay", "db_adapters", "tests"))
# Two more names of bugprone-reserved-identifier, the dearest check of all.
ALIASES = "-cert-dcl37-c,-cert-dcl51-cpp"


@functools.cache
def content(path):
    return hashlib.sha256(path.read_bytes()).digest()


def files_read(build):
    """By object, as the compiler told ninja."""
    told = subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True, capture_output=True, text=True).stdout
    read = {}
    for line in told.splitlines():
        if line.startswith(" "):
            files.append(build / line.strip())
        elif line:
            files = read.setdefault(line.split(": ")[0], [])
    return read


def fingerprint(entry, read):
    words = shlex.split(entry["command"])
    seen = hashlib.sha256(content(ROOT / ".clang-tidy"))
    seen.update(entry["command"].replace(str(ROOT), "").encode())
    for file in read[words[words.index("-o") + 1]]:
        seen.update(content(file))
    return seen.hexdigest()


def main():
    tidy, build, remembered = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3])
    try:
        # A file counts as it is compiled first: some are compiled again for the fuzzers.
        entries = {entry["file"]: entry for entry in reversed(json.loads((build / "compile_commands.json").read_text()))}
        read = files_read(build)
        prints = {file: fingerprint(entry, read) for file, entry in entries.items() if file.startswith(OURS)}
    except (OSError, KeyError, subprocess.CalledProcessError) as error:
        sys.exit(f"tidy.py: {build} has to be built first: {error}")
    remembered.mkdir(parents=True, exist_ok=True)
    commands = build / "tidy"
    commands.mkdir(exist_ok=True)
    (commands / "compile_commands.json").write_text(json.dumps(list(entries.values())))

    def look_at(file):
        looked = subprocess.run(
            [tidy, "-p", commands, f"--checks={ALIASES}", "--extra-arg=-O0", "--quiet", file],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if looked.returncode == 0:
            (remembered / prints[file]).touch()
        else:
            print(looked.stdout, end="", flush=True)
        return looked.returncode == 0

    new = [file for file, seen in prints.items() if not (remembered / seen).exists()]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        passed = list(pool.map(look_at, new))
    print(f"{len(prints)} files, {len(new)} of them looked at now, {passed.count(False)} with complaints")
    sys.exit(0 if all(passed) else 1)


main()
