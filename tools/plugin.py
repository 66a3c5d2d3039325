"""Installs the XLA plugin that GoMLX computes with, unless it is there.

On Linux x86-64 that is the one pinned in xla-plugin.txt, from PyPI; elsewhere go-xla's own installer is asked. Without a
plugin Ferlab still works, on GoMLX's slower pure-Go backend: so a failure here is a warning.
"""
import hashlib
import os
import platform
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
MEMBER = "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so"
SHA256 = "88c3f28c5900f48ad4a82cab9e79bba9537809743395e341485f8794268820dc"
TARGET = Path.home() / ".local/lib/go-xla/pjrt_c_api_cpu_v0.81_plugin.so"


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def install_pinned():
    if TARGET.exists():
        if sha256(TARGET) == SHA256:
            return
        print(f"setup: {TARGET} is not the pinned XLA plugin: replacing it, the old one stays as {TARGET.name}.old")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    # The temporary folder is beside the target, so that the last step is an atomic rename.
    with tempfile.TemporaryDirectory(dir=TARGET.parent) as tmp:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "1", "--timeout", "60", "-q"]
        subprocess.run(pip + ["download", "--no-deps", "--require-hashes", "-d", tmp, "-r", TOOLS / "xla-plugin.txt"],
                       check=True)
        [wheel] = Path(tmp).glob("*.whl")
        plugin = Path(zipfile.ZipFile(wheel).extract(MEMBER, tmp))
        if sha256(plugin) != SHA256:
            raise RuntimeError(f"{wheel.name} holds another plugin than the pinned one")
        if TARGET.exists():
            os.replace(TARGET, f"{TARGET}.old")
        os.replace(plugin, TARGET)
    print(f"setup: installed the XLA plugin {TARGET}")


def main():
    try:
        if (platform.system(), platform.machine()) == ("Linux", "x86_64"):
            install_pinned()
        else:
            subprocess.run(["go", "run", "-C", TOOLS, "./xlaplugin"], check=True)
    except (OSError, subprocess.CalledProcessError, RuntimeError, zipfile.BadZipFile, KeyError) as err:
        print(f"setup: no XLA plugin ({err}): Ferlab will use the slower pure-Go backend; `make setup` tries again",
              file=sys.stderr)


main()
