"""Runs one of the bundle's programs where there is neither Go nor a network:

    python3 ferlab.py devices                              # what a training would use, and why nothing better
    timeout 600 python3 ferlab.py train -recipe cnn        # as often as needed: it saves when stopped, and goes on

Where an NVIDIA driver is, it looks for XLA's plugin for CUDA 13 and NVIDIA's libraries among this Python's packages (a
JAX installation, pip install 'jax[cuda13]'), or in FERLAB_CUDA=path, and links to them from plugins/nvidia. XLA for a
CPU it finds in plugins, if the bundle has it, in PJRT_PLUGIN_LIBRARY_PATH, or where Ferlab's set-up puts it. Data that
came packed are unpacked once, to fer2013.zip here; train, evaluate and crossfit take them if -source names no others.
"""
import os
import sys
import sysconfig
from pathlib import Path

import cuda
import pack

HERE = Path(__file__).resolve().parent
PACKED, DATA = HERE / "fer2013.pack", HERE / "fer2013.zip"


def packages():
    """Returns the folder of packages that holds CUDA's plugin; None if there is no such, or no driver."""
    if not cuda.has_driver():
        return None
    if os.environ.get("FERLAB_CUDA"):
        return cuda.site_packages(os.environ["FERLAB_CUDA"])
    for folder in [sysconfig.get_paths()["purelib"], *sys.path]:
        if (Path(folder) / cuda.PLUGIN).is_file():
            return Path(folder).resolve()
    print("ferlab: an NVIDIA driver, but no JAX for CUDA 13 among the packages of this Python: name its site-packages "
          "with FERLAB_CUDA=path", file=sys.stderr)
    return None


def environment():
    """Returns the environment of a program."""
    env = dict(os.environ)
    env.setdefault("GOMLX_NO_AUTO_INSTALL", "1")
    env.setdefault("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967296:"
                   "glibc.malloc.trim_threshold=8589934592:glibc.malloc.arena_max=1")
    folders = [HERE / "plugins", *filter(None, env.get("PJRT_PLUGIN_LIBRARY_PATH", "").split(":")),
               Path.home() / ".local/lib/go-xla"]
    found = packages()
    if found:
        cuda.LINKS = HERE / "plugins/nvidia"
        cuda.link_all(found)
        folders.insert(0, cuda.LINKS)
        for name, paths in cuda.paths(found).items():
            env[name] = ":".join([env[name], *paths] if env.get(name) else paths)
    env["PJRT_PLUGIN_LIBRARY_PATH"] = ":".join(map(str, folders))
    return env


def main(arguments):
    programs = sorted(p.name for p in (HERE / "bin").iterdir())
    if not arguments or arguments[0] not in programs:
        sys.exit(f"{__doc__}\nPrograms: {', '.join(programs)}; each explains itself with -help.")
    name, *rest = arguments
    if PACKED.exists() and not DATA.exists():
        print(f"ferlab: unpacking {PACKED.name}", file=sys.stderr)
        pack.unpack(str(PACKED), str(DATA))
    named = any(a.lstrip("-").split("=")[0] == "source" for a in rest if a.startswith("-"))
    if name in ("train", "evaluate", "crossfit") and DATA.exists() and not named:
        rest = ["-source", str(DATA), *rest]
    program = str(HERE / "bin" / name)
    os.execve(program, [program, *rest], environment())  # A signal to this process reaches the program.


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (OSError, RuntimeError, ValueError) as err:
        sys.exit(f"ferlab: {err}")
