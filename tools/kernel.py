"""Installs the GoNB kernel into .ferlab/jupyter: kernel.json names the repository's own gonb, its environment the rest.

It also keeps JupyterLab from asking whether it may fetch news.
"""
import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".ferlab/bin"
DATA = ROOT / ".ferlab/jupyter"

# -raw_error: compile errors as text, which a run without a browser can show.
subprocess.run([BIN / "gonb", "--install", "--force_deps", "-raw_error"], check=True,
               env=os.environ | {"JUPYTER_DATA_DIR": str(DATA)}, stderr=subprocess.DEVNULL)

path = DATA / "kernels/gonb/kernel.json"
spec = json.loads(path.read_text())
spec["env"] = {
    "PATH": f"{BIN}{os.pathsep}${{PATH}}",                # goimports
    "GOMLX_NO_AUTO_INSTALL": "1",                     # the plugin is `make setup`'s business
    # Huge pages, and arrays stay with the program when they are freed: XLA trains faster, see backend.Tune.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967296:"
                      "glibc.malloc.trim_threshold=8589934592:glibc.malloc.arena_max=1",
}
path.write_text(json.dumps(spec, indent=1) + "\n")

settings = ROOT / ".ferlab/config/labconfig"
settings.mkdir(parents=True, exist_ok=True)
(settings / "default_setting_overrides.json").write_text(
    json.dumps({"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}))
