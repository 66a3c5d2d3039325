"""Installs XLA for NVIDIA's GPUs, on Linux x86-64 with an NVIDIA driver. Elsewhere it does nothing and prints nothing.

The plugin and NVIDIA's libraries, pinned by hash in cuda.txt, go into .ferlab/cuda. With FERLAB_CUDA=path those of an
existing JAX installation are used instead: path is its site-packages or the folder of its virtual environment. Links
in ~/.local/lib/go-xla/nvidia, where go-xla looks, lead to them: the plugin finds its libraries beside its link.

An H100 has used the links, by way of a bundle; pip's installation of all wheels hasn't been tried on such a machine. A
failure is a warning: without a GPU's plugin Ferlab computes on the CPU.
"""
import glob
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
REQUIREMENTS = TOOLS / "cuda.txt"
TARGET = TOOLS.parent / ".ferlab/cuda"
LINKS = Path.home() / ".local/lib/go-xla/nvidia"
PLUGIN = "jax_plugins/xla_cuda13/xla_cuda_plugin.so"
LINK = "pjrt_c_api_cuda_plugin.so"
DEVICES = "/dev/nvidia*"


def has_driver():
    """Says whether an NVIDIA driver is there, by go-xla's rule: device files, or an nvidia-smi that answers."""
    if glob.glob(DEVICES):
        return True
    try:
        return b"NVIDIA-SMI" in subprocess.run(["nvidia-smi"], capture_output=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return False


def site_packages(path):
    """Returns the folder with the plugin, of a JAX installation at path; an error says what is missing."""
    path = Path(path).expanduser().resolve()
    for folder in [path, *path.glob("lib/python3*/site-packages")]:
        if (folder / PLUGIN).is_file():
            return folder
    raise RuntimeError(f"FERLAB_CUDA={path} holds no {PLUGIN}: name the site-packages of a JAX with jax-cuda13-pjrt")


def install():
    """Installs the pinned wheels into TARGET, unless they are there, and returns it."""
    stamp = TARGET / "installed"
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return TARGET
    print("setup: XLA for NVIDIA's GPUs into .ferlab/cuda (some gigabytes)", flush=True)
    shutil.rmtree(TARGET, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps",
                    "--no-compile", "--require-hashes", "--only-binary", ":all:", "--target", TARGET, "-r",
                    REQUIREMENTS], check=True)
    if not (TARGET / PLUGIN).is_file():
        raise RuntimeError(f"the wheels of {REQUIREMENTS.name} hold no {PLUGIN}")
    stamp.write_text(digest)
    return TARGET


def link(target, name):
    """Makes the link name lead to target. What is there and no link stays and is an error."""
    if name.is_symlink():
        if os.readlink(name) == str(target):
            return
        name.unlink()
    elif name.exists():
        raise RuntimeError(f"{name} is there and no link: move it away")
    name.symlink_to(target)


def link_all(packages):
    """Links the plugin and NVIDIA's libraries of packages into LINKS, and removes links of before."""
    LINKS.mkdir(parents=True, exist_ok=True)
    wanted = {LINK: packages / PLUGIN}
    for folder in sorted((packages / "nvidia").glob("*")):
        if folder.is_dir() and not folder.name.startswith("__"):
            wanted[folder.name] = folder
    for old in LINKS.iterdir():
        if old.is_symlink() and old.name not in wanted:
            old.unlink()
    for name, target in wanted.items():
        link(target, LINKS / name)


def paths(packages):
    """Returns folders by variable: cuDNN looks for NVRTC and cuBLAS, and XLA for ptxas, only there."""
    return {name: [str(p) for p in sorted((packages / "nvidia").glob("*/" + part))]
            for name, part in [("LD_LIBRARY_PATH", "lib"), ("PATH", "bin")]}


def exports(packages):
    """Returns the lines for a shell that sets these variables."""
    found = paths(packages)
    libraries, lines = found["LD_LIBRARY_PATH"], []
    if libraries:
        lines.append(f'export LD_LIBRARY_PATH="{":".join(libraries)}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"')
    return lines + [f'export PATH="$PATH:{p}"' for p in found["PATH"]]


def main():
    if (platform.system(), platform.machine()) != ("Linux", "x86_64") or not has_driver():
        return
    try:
        named = os.environ.get("FERLAB_CUDA")
        packages = site_packages(named) if named else install()
        link_all(packages)
    except (OSError, subprocess.SubprocessError, RuntimeError) as err:
        print(f"setup: no XLA for the GPU ({err}): Ferlab will use the CPU; `make setup` tries again", file=sys.stderr)
        return
    lines = exports(packages)
    if lines:
        print("setup: for trainings on the GPU, say in the shell:", *lines, sep="\n")


if __name__ == "__main__":
    main()
