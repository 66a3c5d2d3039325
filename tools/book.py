"""Builds the report from executed notebooks: a static web site that loads nothing from the network."""
import copy
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import nbformat

import pages

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
BUILD = ROOT / "build/report"

# The pages of docs that the book holds, in their order.
DOCS = ["architecture", "accuracy", "audit", "votes", "few-labels", "photos", "speed", "gpu", "reliability", "licences"]

# The page that holds the live page, and the nets of its menu.
LIVE = "face.md"
NETS = "distilled,best,cnn,dnn,ferplus"

# The part of MathJax that the pages use: its loader with the TeX reader, TeX extensions, and fonts.
MATHJAX = ["tex-chtml.js", "input/tex/extensions", "output/chtml/fonts"]


def build(notebooks):
    """Builds the site from {file name: executed notebook}, in that order, and returns the page to open."""
    shutil.rmtree(BUILD, ignore_errors=True)
    source = BUILD / "source"
    shutil.copytree(TOOLS / "book", source)
    shown = []
    for name, notebook in notebooks.items():
        notebook = copy.deepcopy(notebook)
        shown.append(pages.Page(name, notebook, source / "_static/figures"))
        nbformat.write(notebook, source / name)
    (source / "index.md").write_text(pages.front_page(shown), encoding="utf-8")
    documents = add_pages(source)
    part = "  - caption: {}\n    chapters:\n{}".format
    files = lambda names: "".join(f"      - file: {Path(name).with_suffix('')}\n" for name in names)
    (source / "_toc.yml").write_text("format: jb-book\nroot: index\nparts:\n" +
                                     part("Questions", files([*notebooks, LIVE])) +
                                     part("Documentation", files(documents)))

    made = subprocess.run([Path(sys.executable).with_name("jupyter-book"), "build", source,
                           "--path-output", BUILD / "work", "-q"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    (BUILD / "build.log").write_text(made.stdout)
    if made.returncode:
        sys.exit(f"Jupyter Book failed; the end of {BUILD / 'build.log'}:\n{made.stdout[-2000:]}")
    site = BUILD / "html"
    shutil.move(BUILD / "work/_build/html", site)
    shutil.rmtree(BUILD / "work")
    copy_mathjax(site / "_static/mathjax")
    make_pdf(pages.poster(shown), site)
    add_live_page(site)
    shutil.rmtree(site / "_sources", ignore_errors=True)  # the pages don't link to them
    if found := outside(site):
        sys.exit("the report would load from the network:\n" + "\n".join(found[:20]))
    return site / "index.html"


def make_pdf(poster, site):
    """Draws the front page as a PDF of one sheet."""
    made = subprocess.run(["go", "run", "./experiments/poster", "-site", site, "-out", site / "ferlab.pdf"], cwd=ROOT,
                          input=json.dumps(poster), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode:
        sys.exit(f"the poster could not be drawn:\n{made.stdout[-2000:]}")


LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(#[^)]*)?\)")


def add_pages(source):
    """Copies the documentation into the book's source, with its pictures, and returns its pages in order.

    Links to what is in the book stay links, those to other files of the repository become their text.
    """
    documents = [ROOT / f"docs/{name}.md" for name in DOCS] + [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    notebooks = {path.name for path in source.glob("*.ipynb")}
    (source / "docs").mkdir()

    def link(page):
        def replace(match):
            picture, text, target, anchor = match.groups()
            if WEB.match(target) or ":" in target:
                return match[0]
            path = (page.parent / target).resolve()
            if picture:
                shutil.copy(path, source / "docs" / path.name)
                return f"![{text}]({path.name})"
            if path.name in notebooks:
                return f"[{text}](../{path.name})"
            if path in documents:
                return f"[{text}]({path.name}{anchor or ''})"
            return text
        return replace

    for page in documents:
        (source / "docs" / page.name).write_text(LINK.sub(link(page), page.read_text(encoding="utf-8")),
                                                 encoding="utf-8")
    return [f"docs/{page.name}" for page in documents]


def add_live_page(site):
    """Writes the files of the live page beside the page that shows it; without them that page says what is missing."""
    made = subprocess.run(["go", "run", "./experiments/export", "-run", NETS, "-web", site / "live"], cwd=ROOT,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if made.returncode:
        print(f"the report lacks the live page: {made.stderr.strip()}", file=sys.stderr)


def copy_mathjax(target):
    package = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent / "static/mathjax"
    for part in MATHJAX:
        if (package / part).is_dir():
            shutil.copytree(package / part, target / part)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(package / part, target / part)


# --- the check: no page loads anything from outside ---

WEB = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
CSS_LOADS = re.compile(r"""(?:url\(|@import\s)\s*["']?\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)
LINKS_THAT_LOAD = {"stylesheet", "preload", "modulepreload", "prefetch", "icon", "manifest", "preconnect",
                   "dns-prefetch"}
# Any address in a page's own script.
SCRIPT_LOADS = re.compile(r"""["'`]((?:https?:)?//(?!www\.w3\.org/)[\w.-]+\.\w[^"'`]*)""")


class Loads(HTMLParser):
    """Collects every web address that a browser would load on its own when it shows the page: links to follow are
    none."""

    def __init__(self):
        super().__init__()
        self.found, self.inside = [], None

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        self.inside = tag if tag in ("script", "style") else None
        loads = [attrs.get(name, "") for name in ("src", "data", "poster", "background")]
        loads += [part.strip() for part in attrs.get("srcset", "").split(",")]
        if tag == "link" and LINKS_THAT_LOAD & set(attrs.get("rel", "").lower().split()):
            loads.append(attrs.get("href", ""))
        if tag in ("image", "use"):  # of SVG
            loads += [attrs.get("href", ""), attrs.get("xlink:href", "")]
        self.found += [url for url in loads if WEB.match(url)] + CSS_LOADS.findall(attrs.get("style", ""))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "style":
            self.found += CSS_LOADS.findall(data)
        elif self.inside == "script":
            self.found += SCRIPT_LOADS.findall(data)


def outside(site):
    """Lists "file: address" for whatever the site's pages, style sheets and scripts load from the web."""
    found = []
    for path in sorted(Path(site).rglob("*")):
        if path.suffix == ".html":
            page = Loads()
            page.feed(path.read_text(encoding="utf-8"))
            found += [f"{path.relative_to(site)}: {url}" for url in page.found]
        elif path.suffix == ".css":
            found += [f"{path.relative_to(site)}: {url}" for url in CSS_LOADS.findall(path.read_text(encoding="utf-8"))]
    return found
