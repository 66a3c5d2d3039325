"""Turns what the notebooks' cells show into what the report shows: answers in boxes, numbered figures, and a poster.

A cell shows every figure as a PNG and a caption, which any viewer of notebooks displays. Beside it the cell says in a
type of its own (application/vnd.ferlab+json, see fer/show/page.go) what the picture is. The report shows that instead.
"""
import base64
import gzip
import html
import json
import re
from pathlib import Path

from nbformat.v4 import new_code_cell, new_output

MIME = "application/vnd.ferlab+json"
SMALL = 10 / 12  # Letters of 12 pixels shrink to 10 on a small screen, and no further: the figure scrolls.
PHONE = 340  # Pixels of a page's width that a phone leaves.
LETTER, PADDING = 7.2, 14  # About the size of a table's letters and cells, in pixels.


def said(output):
    """Returns what an output says to the report's builder, or {}."""
    text = output.get("data", {}).get(MIME, "")
    return json.loads(text) if isinstance(text, str) and text else text or {}


def number_of(name):
    """The page's number: 3 of 03_confusion.ipynb; of a page without one its first letter."""
    digits = re.match(r"\d+", name)
    return str(int(digits[0])) if digits else name[0].upper()


class Page:
    """A notebook as a page of the report. Pictures go into a folder, as files whose names begin with the page's."""

    def __init__(self, name, notebook, folder, address="_static/figures"):
        self.name, self.notebook, self.folder, self.address = Path(name).stem, notebook, Path(folder), address
        self.number = number_of(name)
        self.answer, self.picture, self.classes, self.figures = None, None, [], 0
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = list(self.outputs(cell.outputs))
        self.lead()

    def lead(self):
        """Lets the page begin with its answer: the code of that cell comes after it."""
        for at, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "code" and any('class="fl-answer"' in out.get("data", {}).get("text/html", "")
                                                for out in cell.outputs):
                code = new_code_cell(cell.source, metadata={"tags": ["hide-input"]})
                cell.metadata["tags"] = ["remove-input"]
                self.notebook.cells.insert(at + 1, code)
                return

    @property
    def question(self):
        title = self.notebook.cells[0].source.splitlines()[0]
        return re.sub(r"^#\s*(\w+\s*·\s*)?", "", title)

    def outputs(self, outputs):
        """Yields a cell's outputs as the page shows them."""
        row, answer = [], None
        for output in outputs:
            what = said(output)
            if what.get("words"):
                continue  # The caption stands in its figure.
            figure = self.figure(output, what) if what.get("picture") else ""
            if answer:
                its = what.get("of_answer")
                yield shown(box(answer, figure if its else ""))
                answer = None
                if its:
                    continue
            if what.get("answer"):
                answer = what["answer"]
                self.answer = self.answer or answer
            elif figure:
                row.append(figure)
                if not what.get("row"):
                    yield shown(row[0] if len(row) == 1 else f'<div class="fl-row">{"".join(row)}</div>')
                    row = []
            else:
                yield with_scrolling_tables(output)
        if answer:
            yield shown(box(answer))

    def file(self, name, data):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(data)
        return f"{self.address}/{name}"

    def figure(self, output, what):
        """A figure with its number, which is also its address on the page."""
        self.figures += 1
        label, name = f"{self.number}.{self.figures}", f"{self.name}-{self.figures}"
        png = base64.b64decode("".join(output["data"]["image/png"]))
        source = raster = self.file(name + ".png", png)
        if what.get("svgz"):
            source = self.file(name + ".svg", gzip.decompress(base64.b64decode(what["svgz"])))
        if what.get("of_answer"):
            self.picture = {"source": source, "png": raster, "alt": what.get("alt", ""), "width": what["width"],
                            "height": what["height"], "chart": bool(what.get("svgz"))}
        width, least = what["width"], round(what["width"] * SMALL)
        kind = "fl-chart" if what.get("svgz") else "fl-photo"
        wide = " fl-wide" if least > PHONE else ""
        picture = (f'<div class="fl-scroll{wide}" tabindex="0"><img class="dark-light" src="{source}" '
                   f'alt="{html.escape(what.get("alt") or what.get("title", ""))}" width="{width}" '
                   f'height="{what["height"]}" style="min-width:{least}px"></div>')
        if what.get("kind") == "classes":
            self.classes = [{**one, "source": self.file(f"{self.name}-class-{one['name']}.png",
                                                        base64.b64decode(one["png"]))} for one in what["data"]]
            picture = class_pictures(self.classes)
        elif what.get("kind"):
            data = json.dumps(what["data"]).replace("</", "<\\/")
            picture = (f'<div class="fl-play" data-kind="{what["kind"]}">{picture}'
                       f'<script type="application/json">{data}</script></div>')
        title = f"<b>{html.escape(stopped(what['title']))}</b> " if what.get("title") else ""
        address = "figure-" + label.replace(".", "-")
        return (f'<figure class="fl-figure {kind}" id="{address}" style="--width:{width}px">'
                f'{picture}<figcaption><a class="fl-number" href="#{address}">Figure {label}</a> '
                f'{title}{html.escape(what.get("caption", ""))}</figcaption></figure>')


def stopped(title):
    """Ends a title as a sentence ends."""
    return title if title.endswith("?") else title.rstrip(".") + "."


def shown(text):
    return new_output("display_data", data={"text/html": text})


def box(answer, figure=""):
    """The box that a page begins with."""
    notes = ""
    if answer["notes"]:
        notes = "<ul>" + "".join(f"<li>{html.escape(note)}</li>" for note in answer["notes"]) + "</ul>"
    return (f'<div class="fl-answer" id="answer"><div class="fl-words"><p class="fl-answer-title">Answer</p>'
            f'<p class="fl-sentence">{html.escape(answer["sentence"])}</p>{number_line(answer)}{notes}</div>'
            f'{figure}</div>')


def number_line(answer):
    """An answer's number with what it is, or nothing."""
    if not answer["number"]:
        return ""
    return (f'<p class="fl-number-line"><strong>{html.escape(answer["number"])}</strong> '
            f'{html.escape(answer["of"])}</p>')


def class_pictures(classes):
    return '<div class="fl-classes">' + "".join(
        f'<div><img class="dark-light" src="{one["source"]}" alt="{html.escape(one["alt"])}" width="150" height="150">'
        f'<span>{html.escape(one["name"])}</span></div>' for one in classes) + "</div>"


CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.S)


def with_scrolling_tables(output):
    """Lets a table scroll by itself, with a hint where a phone is too narrow for it."""
    page = output.get("data", {}).get("text/html")
    if page is None:
        return output
    page = "".join(page)
    output["data"]["text/html"] = re.sub(r"<table.*?</table>", lambda m: scrolling(m[0]), page, flags=re.S)
    return output


def scrolling(table):
    rows = [[html.unescape(re.sub("<[^>]*>", "", cell)) for cell in CELL.findall(row)]
            for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)]
    columns = max((len(row) for row in rows), default=0)
    # A number stays on its line; words break.
    least = lambda cell: len(cell) if re.match(r"[\d+−-]", cell) else max((len(w) for w in cell.split()), default=0)
    width = sum(PADDING + LETTER * max(least(row[k]) for row in rows if k < len(row)) for k in range(columns))
    return f'<div class="fl-table{" fl-wide" if width > PHONE else ""}" tabindex="0">{table}</div>'


# --- the front page ---

TITLE = "What do small nets see in a face?"
SUBTITLE = ("Seven emotions, faces of 48×48 grey pixels, nets of 1.9 million weights: six questions of a university "
            "report on FER2013, asked again. Every number comes from a recorded run.")
ABOVE = "What each emotion looks like to the net: pictures that gradient ascent made out of noise, from no image."
LIMITS = ("An expression is not an emotion: these nets read what a face shows in one grey picture, as strangers "
          "labelled it, and say nothing about what a person feels.")


def poster(pages):
    """The poster as data: six questions with their answers, and the pictures of the classes."""
    asked = [page for page in pages if page.answer and page.number in "123456"]
    return {
        "title": TITLE, "subtitle": SUBTITLE, "above": ABOVE, "limits": LIMITS,
        "classes": next((page.classes for page in pages if page.classes), []),
        "cards": [{**page.answer, "page": page.number, "question": page.question, "link": page.name + ".html",
                   "picture": page.picture} for page in asked],
    }


def front_page(pages):
    """The source of the front page."""
    what = poster(pages)
    cards = ""
    for card in what["cards"]:
        picture = ""
        if card["picture"]:
            kind = "fl-chart" if card["picture"]["chart"] else "fl-photo"
            picture = (f'<a class="{kind}" href="{card["link"]}"><img class="dark-light" '
                       f'src="{card["picture"]["source"]}" alt="{html.escape(card["picture"]["alt"])}" '
                       f'width="{card["picture"]["width"]}" height="{card["picture"]["height"]}"></a>')
        cards += (f'<article class="fl-card"><h2><a href="{card["link"]}">{card["page"]} · '
                  f'{html.escape(card["question"])}</a></h2>{picture}<p class="fl-sentence">'
                  f'{html.escape(card["sentence"])}</p>{number_line(card)}</article>')
    return f"""---
html_theme.sidebar_secondary.remove: true
---
# {what["title"]}

```{{raw}} html
<div class="fl-poster">
<p class="fl-lead">{html.escape(what["subtitle"])}</p>
{class_pictures(what["classes"])}
<p class="fl-above">{html.escape(what["above"])} <a href="05_filters.html">How they are made</a></p>
<div class="fl-cards">{cards}</div>
<p class="fl-limits">{html.escape(what["limits"])} <a href="ferlab.pdf">This page as a PDF to print</a></p>
</div>
```

## Contents

The pages are notebooks, run from their first cell to their last when this report was built.

```{{tableofcontents}}
```
"""
