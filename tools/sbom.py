"""Print the bill of materials, as docs/sbom.cdx.json (CycloneDX 1.6): the Go modules that the programs and the set-up's
Go tools link, with their licences, and the Python packages that the files of requirements in tools/ and of the
benchmark's peers pin, with the SHA-256 sums of those that are built for all machines, and the live page's part from
npm. "used for" says what needs a component.
"""
import json
import re
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

import licences

TOOLS = Path(__file__).resolve().parent
PEERS = TOOLS.parent / "experiments/bench/peers"
# Of the files that pin something from PyPI, what that is for.
PINNED = {
    TOOLS / "requirements.txt": "notebooks and report",
    TOOLS / "xla-plugin.txt": "XLA on the CPU",
    TOOLS / "onednn.txt": "oneDNN",
    TOOLS / "cuda.txt": "XLA on a GPU",
    TOOLS / "requirements-lab-test.txt": "make lab-test",
    TOOLS / "node.txt": "live page",
    TOOLS / "requirements-sbom.txt": "make sbom",
    PEERS / "requirements.txt": "make bench",
    PEERS / "requirements-torch.txt": "make bench",
}


def pinned(text):
    """Yield name, version and SHA-256 sums of the packages that a file of requirements pins."""
    line = r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)((?:[^\n]*\\\n)*[^\n]*)"  # With those that a backslash continues.
    for name, version, rest in re.findall(line, text, re.M):
        yield name, version, re.findall(r"--hash=sha256:(\w{64})", rest)


def component(kind, name, version, use, **more):
    url = PackageURL(kind, None, name, version)
    return Component(type=ComponentType.LIBRARY, name=name, version=version, purl=url, bom_ref=f"{use}: {url}",
                     properties=[Property(name="used for", value=use)], **more)


def components():
    programs, tools = list(licences.go_modules()), licences.go_modules(TOOLS, "tool")
    for use, name, version, folder in [("programs", *m) for m in programs] + [("tools", *m) for m in tools]:
        licence = licences.by_text(folder)
        known = re.fullmatch(r"[A-Z]+-?\d?[\w.-]*( or [A-Z]+-[\d.]+)?", licence) and licence not in ("LGPL", "GPL")
        expressions = {"FTL or GPL-2.0": "FTL OR GPL-2.0-only", "CC-BY": "CC-BY-4.0"}
        more = {"licenses": [LicenseExpression(expressions.get(licence, licence))]} if known else {}
        yield component("golang", name, version, use, **more)
    version = re.search(r"onnxruntime-web@([\d.]+)", (TOOLS / "live.py").read_text())[1]
    yield component("npm", "onnxruntime-web", version, "live page")
    for file, use in PINNED.items():
        for name, version, sums in pinned(file.read_text()):
            for_all = sums if len(sums) < 3 else []  # A wheel for every machine, and its sources.
            yield component("pypi", name, version, use,
                            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=s) for s in for_all])


def main():
    bom = Bom(components=components(), serial_number=None)
    bom.metadata.component = root = Component(type=ComponentType.APPLICATION, name="ferlab", bom_ref="ferlab")
    bom.register_dependency(root, bom.components)
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise SystemExit(f"sbom: {error}")
    bill = json.loads(text)  # Without a time and a number of its own, the same materials give the same file.
    bill.pop("serialNumber", None)
    bill["metadata"].pop("timestamp", None)
    print(json.dumps(bill, indent=1))


if __name__ == "__main__":
    main()
