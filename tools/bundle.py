"""Leaves one archive with what trains on a machine without Go or network: bundle.py ARCHIVE.tar.xz.

It holds the programs, stripped, the recipes and their table, bundle/ferlab.py, which runs them, the peers of the
benchmark and the page on GPUs; with --data a zip of FER2013, packed, and with --cpu XLA for a CPU and oneDNN of this
machine.
"""
import argparse
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
sys.path.insert(0, str(TOOLS / "bundle"))
import pack  # noqa: E402

PROGRAMS = ("train", "evaluate", "devices", "bench", "runs", "crossfit")
LIBRARIES = Path.home() / ".local/lib/go-xla"


def fill(folder, programs, data, cpu):
    """Makes the bundle in a folder."""
    (folder / "bin").mkdir(parents=True)
    (folder / "plugins").mkdir()
    subprocess.run(["go", "build", "-trimpath", "-ldflags=-s -w", "-o", f"{folder}/bin/",
                    *(f"./experiments/{p}" for p in programs)], cwd=ROOT, check=True)
    copies = {"ferlab.py": "tools/bundle/ferlab.py", "pack.py": "tools/bundle/pack.py", "cuda.py": "tools/cuda.py",
              "cuda.txt": "tools/cuda.txt", "README.md": "docs/gpu.md", "LICENSE": "LICENSE"}
    for pattern in ("recipes/*.json", "recipes/fewlabels/*.json", "experiments/bench/peers/*",
                    "docs/accuracy/folds*/soft.csv"):
        for path in ROOT.glob(pattern):
            if path.is_file():
                copies[str(path.relative_to(ROOT))] = str(path.relative_to(ROOT))
    for target, source in copies.items():
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        (folder / target).write_bytes((ROOT / source).read_bytes())
    if cpu:
        plugins = sorted(LIBRARIES.glob("pjrt_c_api_cpu_*_plugin.so"))
        if not plugins:
            raise RuntimeError("XLA for a CPU isn't installed: run make setup")
        for path in [*plugins, *LIBRARIES.glob("onednn/libdnnl.so.3")]:
            target = folder / "plugins" / path.relative_to(LIBRARIES)
            target.parent.mkdir(exist_ok=True)
            target.symlink_to(path.resolve())  # The archive gets the file itself.
    if data:
        print(f"bundle: packed {pack.pack(data, str(folder / 'fer2013.pack'))} files of {data}")


def bundle(archive, programs=PROGRAMS, data=None, cpu=False, preset=3):
    """Writes the archive; its files lie in the folder ferlab."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp) / "ferlab"
        fill(folder, programs, data, cpu)
        part = archive.with_name(archive.name + ".part")
        with tarfile.open(part, "w:xz", preset=preset, dereference=True) as out:
            out.add(folder, "ferlab")
        part.replace(archive)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--data", help="a zip of FER2013")
    parser.add_argument("--cpu", action="store_true", help="XLA for a CPU and oneDNN, too")
    args = parser.parse_args()
    try:
        bundle(args.archive, data=args.data, cpu=args.cpu)
    except (OSError, subprocess.SubprocessError, RuntimeError, ValueError, pack.zipfile.BadZipFile) as err:
        sys.exit(f"bundle: {err}")
    print(f"bundle: {args.archive}, {args.archive.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
