"""Print the licences of the dependencies, as docs/licences.md: of the Go modules that the packages link, by the text of
their licence files, and of the Python packages of the set-up, by what they declare. What is not recognised is "see its
file"."""

import importlib.metadata
import json
import pathlib
import re
import subprocess

# A phrase of a licence's text; the first that occurs names it.
PHRASES = {
    "FreeType License": "FTL or GPL-2.0",
    "Creative Commons Attribution": "CC-BY",
    "Apache License": "Apache-2.0",
    "Mozilla Public License": "MPL-2.0",
    "GNU LESSER GENERAL PUBLIC LICENSE": "LGPL",
    "GNU GENERAL PUBLIC LICENSE": "GPL",
    "Permission is hereby granted, free of charge": "MIT",
    "Neither the name": "BSD-3-Clause",
    "Redistribution and use in source and binary forms": "BSD-2-Clause",
    "Permission to use, copy, modify, and/or distribute": "ISC",
}


def go_modules(folder=".", pattern="./..."):
    """Yield name, version and folder of the modules that a module's packages need, by default the repository's."""
    form = "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}"
    out = subprocess.run(["go", "list", "-C", folder, "-deps", "-f", form, pattern], check=True,
                         capture_output=True, text=True).stdout
    for line in sorted(set(out.split("\n")) - {""}):
        yield line.split("\t")


def by_text(folder):
    """Return the licence of a module, from its licence file's text."""
    files = [f for f in sorted(pathlib.Path(folder).iterdir())
             if f.is_file() and f.name.lower().startswith(("licen", "copying"))]
    for file in files:
        text = " ".join(file.read_text(errors="replace").split())
        for phrase, name in PHRASES.items():
            if phrase in text:
                return name
    return "see its file"


def declared(metadata):
    """Return the licence that a Python package declares."""
    if name := metadata.get("License-Expression"):
        return name
    classifiers = [c.rsplit(" :: ", 1)[1] for c in metadata.get_all("Classifier", []) if c.startswith("License :: ")]
    text = (metadata.get("License") or "").split("\n")[0]
    return ", ".join(classifiers) or text or "see its file"


def table(title, rows):
    print(f"\n## {title}\n\n| Name | Version | Licence |\n| --- | --- | --- |")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def main():
    print("# Licences of the dependencies\n\nMade by `make licences`; the licence files themselves are what counts.")
    table("Go modules in the programs", ((name, version, by_text(folder)) for name, version, folder in go_modules()))
    packages = {d.metadata["Name"].lower(): d for d in importlib.metadata.distributions()}
    table("Python packages of the set-up",
          ((d.metadata["Name"], d.version, declared(d.metadata)) for _, d in sorted(packages.items())))
    live = pathlib.Path(__file__).with_name("live.py").read_text()
    version = re.search(r"onnxruntime-web@([\d.]+)", live)[1]
    table("npm packages of the live page", [("onnxruntime-web", version, "MIT")])


if __name__ == "__main__":
    main()
