"""Fuzzes a target for a while, and keeps what reached new code.

    python3 fuzz/run.py expression --seconds 3600

What is kept is `fuzz/corpus/TARGET.json`, a list of texts; `make test` goes through all of them. A text that breaks the
target is left in `fuzz/artifacts/TARGET/`.
"""

import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

FUZZ = pathlib.Path(__file__).resolve().parent
LONGEST = 8 * 1024
# Of what is kept; longer ones are slow to go through and seldom tell more.
LONGEST_KEPT = 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=["stack_file", "expression"])
    parser.add_argument("--seconds", type=int, default=3600)
    arguments = parser.parse_args()
    sys.exit(fuzz(arguments.target, arguments.seconds))


def fuzz(target, seconds):
    work = FUZZ / "work" / target
    unpack(target, work)
    ended = cargo_fuzz("run", target, [work], [f"-max_total_time={seconds}", *options(target)])
    smallest = work.with_name(f"{target}-smallest")
    shutil.rmtree(smallest, ignore_errors=True)
    smallest.mkdir()
    cargo_fuzz("run", target, [smallest, work], ["-merge=1", *options(target)])
    pack(target, smallest)
    return ended


def options(target):
    # 20 s for one text is a fault of its own.
    return [f"-max_len={LONGEST}", "-timeout=20", f"-dict={FUZZ / 'dictionaries' / target}.dict", "-print_final_stats=1"]


def cargo_fuzz(command, target, folders, options):
    # The code has no `unsafe` of its own, so that sanitizers, which need a nightly compiler, would find nothing here.
    order = ["cargo", "fuzz", command, "--sanitizer", "none", target, *map(str, folders), "--", *options]
    return subprocess.run(order, cwd=FUZZ.parent, check=False).returncode


def unpack(target, folder):
    folder.mkdir(parents=True, exist_ok=True)
    kept = corpus(target)
    texts = json.loads(kept.read_text()) if kept.exists() else []
    texts += [path.read_text() for path in (FUZZ.parent / "stacks").glob("*.yaml") if target == "stack_file"]
    for text in texts:
        data = text.encode()
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def pack(target, folder):
    texts = [path.read_bytes() for path in folder.iterdir() if path.stat().st_size <= LONGEST_KEPT]
    kept = sorted((text.decode() for text in texts if is_text(text)), key=lambda text: (len(text), text))
    corpus(target).write_text(json.dumps(kept, indent=0) + "\n")
    print(f"{len(kept)} texts kept in {corpus(target)}")


def is_text(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def corpus(target):
    return FUZZ / "corpus" / f"{target}.json"


if __name__ == "__main__":
    main()
