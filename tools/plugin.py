"""Installs the XLA plugin that GoMLX computes with, and oneDNN beside it, unless they are there.

On Linux x86-64 they are the ones pinned in xla-plugin.txt and onednn.txt, from PyPI. Elsewhere go-xla's own installer
is asked for a plugin, and there is no oneDNN. Without a plugin Ferlab still works, on GoMLX's slower pure-Go backend,
and without oneDNN on XLA alone: so a failure here is a warning.
"""
import hashlib
import os
import platform
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

TOOLS = Path(__file__).resolve().parent
FOLDER = Path.home() / ".local/lib/go-xla"
FAILURES = (OSError, subprocess.CalledProcessError, RuntimeError, zipfile.BadZipFile, KeyError)


class Library(NamedTuple):
    name: str
    requirements: str  # The file that pins its wheel.
    member: str  # Its place in the wheel.
    sha256: str
    target: Path


XLA = Library("XLA plugin", "xla-plugin.txt", "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so",
              "88c3f28c5900f48ad4a82cab9e79bba9537809743395e341485f8794268820dc",
              FOLDER / "pjrt_c_api_cpu_v0.81_plugin.so")
# Package ferlab/fer/backend/onednn looks for it here.
ONEDNN = Library("library oneDNN", "onednn.txt", "onednn_cpu_gomp-2023.2.0.data/data/lib/libdnnl.so.3.2",
                 "e6376208cf6bacb041c346b504207e3aa1189a13f941c92a4383a55ac27058ae",
                 FOLDER / "onednn/libdnnl.so.3")


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def install_pinned(library):
    target = library.target
    if target.exists():
        if sha256(target) == library.sha256:
            return
        print(f"setup: {target} is not the pinned {library.name}: replacing it, the old one stays as {target.name}.old")
    target.parent.mkdir(parents=True, exist_ok=True)
    # The temporary folder is beside the target, so that the last step is an atomic rename.
    with tempfile.TemporaryDirectory(dir=target.parent) as tmp:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "1", "--timeout", "60", "-q"]
        subprocess.run(pip + ["download", "--no-deps", "--require-hashes", "-d", tmp, "-r",
                              TOOLS / library.requirements], check=True)
        [wheel] = Path(tmp).glob("*.whl")
        new = Path(zipfile.ZipFile(wheel).extract(library.member, tmp))
        if sha256(new) != library.sha256:
            raise RuntimeError(f"{wheel.name} holds another {library.name} than the pinned one")
        if target.exists():
            os.replace(target, f"{target}.old")
        os.replace(new, target)
    print(f"setup: installed the {library.name} {target}")


def main():
    linux = (platform.system(), platform.machine()) == ("Linux", "x86_64")
    try:
        if linux:
            install_pinned(XLA)
        else:
            subprocess.run(["go", "run", "-C", TOOLS, "./xlaplugin"], check=True)
    except FAILURES as err:
        print(f"setup: no XLA plugin ({err}): Ferlab will use the slower pure-Go backend; `make setup` tries again",
              file=sys.stderr)
        return
    if linux:
        try:
            install_pinned(ONEDNN)
        except FAILURES as err:
            print(f"setup: no oneDNN ({err}): Ferlab will train slower, on XLA alone; `make setup` tries again",
                  file=sys.stderr)


main()
