"""The report's pages show answers first, figures that every viewer can show, and the numbers of the records."""
import base64
import csv
import gzip
import json
import re
import statistics
import tempfile
import unittest
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import pages
from execute import NOTEBOOKS, ROOT

RUNS = ROOT / "fer/pretrained/runs"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

SVGZ = base64.b64encode(gzip.compress(b"<svg/>")).decode()


def output(what, **data):
    return new_output("display_data", data={**data, pages.MIME: json.dumps(what)})


def picture(**what):
    return output({"picture": True, "title": "Bars", "caption": "a < b", "alt": "what is seen", "width": 600,
                   "height": 300, **what}, **{"image/png": PNG})


class Shown(unittest.TestCase):
    def page(self, *outputs):
        cells = [new_markdown_cell("# 3 · What is it?"), new_code_cell("f()", outputs=list(outputs)),
                 new_code_cell("g()", outputs=[picture()])]
        with tempfile.TemporaryDirectory() as folder:
            page = pages.Page("03_x.ipynb", new_notebook(cells=cells), folder)
            self.files = sorted(p.name for p in Path(folder).iterdir())
        return page, "".join(out.data["text/html"] for cell in page.notebook.cells if cell.cell_type == "code"
                             for out in cell.outputs)

    def test_answer_leads(self):
        answer = {"answer": {"sentence": "Two & three.", "number": "66.4 %", "of": "of all", "notes": ["n"]}}
        page, html = self.page(output(answer, **{"text/markdown": "> …"}),
                               picture(of_answer=True, svgz=SVGZ),
                               output({"words": True}, **{"text/markdown": "**Bars.** a < b"}))
        self.assertTrue(html.startswith('<div class="fl-answer"'))
        for part in "Two &amp; three.", "<strong>66.4 %</strong> of all", "<li>n</li>", 'alt="what is seen"':
            self.assertIn(part, html)
        self.assertEqual((page.question, page.answer["number"], page.picture["chart"]), ("What is it?", "66.4 %", True))
        tags = [cell.metadata.get("tags") for cell in page.notebook.cells]
        self.assertEqual(tags[1:3], [["remove-input"], ["hide-input"]])  # The code comes after the answer.

    def test_answer_without_picture(self):
        answer = {"answer": {"sentence": "S.", "number": "", "of": "", "notes": []}}
        _, html = self.page(output(answer), picture())
        self.assertLess(html.index("fl-answer"), html.index("<figure"))

    def test_figures(self):
        _, html = self.page(picture(row=1), picture(svgz=SVGZ))
        for k in 1, 2, 3:
            self.assertIn(f'id="figure-3-{k}"', html)
            self.assertIn(f'href="#figure-3-{k}">Figure 3.{k}</a>', html)
        self.assertEqual(html.count('class="fl-row"'), 1)
        self.assertIn("<b>Bars.</b> a &lt; b", html)
        self.assertEqual(self.files, ["03_x-1.png", "03_x-2.png", "03_x-2.svg", "03_x-3.png"])

    def test_titles(self):
        _, html = self.page(picture(title="Why?"))
        self.assertIn("<b>Why?</b> a", html)

    def test_letters(self):
        _, html = self.page(picture())
        self.assertIn("min-width:500px", html)  # Letters of 12 pixels have at least 10.
        self.assertIn("fl-wide", html)
        _, html = self.page(picture(width=300))
        self.assertIn('fl-scroll" tabindex', html)

    def test_play(self):
        _, html = self.page(picture(kind="guess", data={"faces": ["</script>"]}))
        self.assertIn('data-kind="guess"', html)
        self.assertEqual(html.count("</script>"), 1)  # No word of the data ends the script.

    def test_tables(self):
        wide = "<table><tr>" + "<td>1,896,757</td>" * 8 + "</tr></table>"
        table = pages.with_scrolling_tables(new_output("display_data", data={"text/html": wide}))
        self.assertIn('<div class="fl-table fl-wide"', table.data["text/html"])
        self.assertNotIn("fl-wide", pages.scrolling("<table><tr><td>a</td><td>b</td></tr></table>"))

    def test_front_page(self):
        page, _ = self.page(output({"answer": {"sentence": "S.", "number": "1 %", "of": "of it", "notes": []}}))
        front = pages.front_page([page])
        for part in "3 · What is it?", "S.", "<strong>1 %</strong>", "03_x.html", "ferlab.pdf":
            self.assertIn(part, front)


def stored():
    """Yields each question's notebook as it is stored, with its answer."""
    for path in sorted(NOTEBOOKS.glob("0*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        outputs = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
        yield path, notebook, outputs


def record(name):
    return json.loads((ROOT / "fer/records" / name).read_text())


def gains():
    """The gains of each algorithm over the baseline by labels, seed by seed."""
    with open(ROOT / "fer/semisup/results/fer2013.csv", newline="") as f:
        rows = {(r["algorithm"], int(r["labels_per_class"]), r["seed"]): float(r["accuracy"])
                for r in csv.DictReader(f)}
    found = {}
    for (algorithm, labels, seed), accuracy in rows.items():
        if algorithm != "supervised":
            found.setdefault((algorithm, labels), []).append(accuracy - rows["supervised", labels, seed])
    return found


class Stored(unittest.TestCase):
    def test_answers(self):
        """Each stored page begins with its answer, and holds the numbers of the shipped runs and the records."""
        accuracy = lambda run: f"{100 * json.loads((RUNS / run / 'run.json').read_text())['accuracy']:.1f} %"
        ten = next(p for p in record("data.json")["people"] if p["name"] == "most votes of ten")
        with open(RUNS / "cnn/predictions.csv", newline="") as f:
            rows = list(csv.DictReader(f))
        classes = record("data.json")["classes"]
        shares = [[0] * len(classes) for _ in classes]
        for row in rows:
            says = max(classes, key=lambda c: float(row[c]))
            shares[classes.index(row["label"])][classes.index(says)] += 1
        worst = max(row[j] / sum(row) for i, row in enumerate(shares) for j in range(len(row)) if j != i)
        deviations = max(s["deviations"] for s in record("filters.json")["layers"][-1]["serves"])
        ratio = max(part["share"]["Value"] / part["area"] for p in record("where.json")["parts"] for part in p["part"]
                    if part["area"] and part["name"] != "elsewhere")
        means = [f"+{100 * statistics.mean(v):.1f} points" for v in gains().values()]
        want = [[f"{100 * ten['label']['Value']:.1f} %"], [accuracy("cnn"), accuracy("best"), accuracy("distilled")],
                [accuracy("dnn")], [f"{100 * worst:.0f} %"], [f"{ratio:.1f} ×"], [f"{deviations:.1f} σ"], means,
                []]  # What the page on one's own faces says, it has measured itself.
        for (path, notebook, outputs), numbers in zip(stored(), want, strict=True):
            self.assertTrue(notebook.cells[0].source.startswith("# "), path.name)
            answer = pages.said(outputs[0]).get("answer") if outputs else None
            self.assertTrue(answer, f"{path.name} doesn't begin with its answer: run make notebooks")
            text = answer["number"] + " ".join(answer["notes"])
            if path.name.startswith("06"):
                self.assertIn(answer["number"], numbers, path.name)
                continue
            for number in numbers:
                self.assertIn(number, text, f"{path.name}: the records have changed: run make notebooks")
            self.assertRegex(answer["of"], "interval|n=", path.name)

    def test_album(self):
        """The answer about one's own faces counts the faces that the page's table counts."""
        outputs = next(outputs for path, _, outputs in stored() if path.name.startswith("07"))
        answer = pages.said(outputs[0])["answer"]
        tables = ["".join(out.data["text/html"]) for out in outputs if "text/html" in out.get("data", {})]
        rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in tables[0].split("<tr>")]
        taught, measured = (sum(int(row[k]) for row in rows if row) for k in (1, 2))
        self.assertIn(f"After {taught} photos", answer["sentence"])
        self.assertRegex(answer["of"], f"of {measured} faces of .* in {sum(map(bool, rows))} classes")
        self.assertIn("no face found", tables[1])

    def test_figures(self):
        """Every stored figure is a PNG, which a forge shows, with words for those who can't see it."""
        for path, _, outputs in stored():
            self.assertLessEqual(path.stat().st_size, 1 << 20, path.name)
            figures = [out for out in outputs if pages.said(out).get("picture")]
            self.assertTrue(figures, path.name)
            for out in outputs:
                self.assertNotIn("<img", "".join(out.get("data", {}).get("text/html", "")), path.name)
            for out in figures:
                self.assertIn("image/png", out.data, path.name)
                self.assertTrue(pages.said(out).get("alt"), f"{path.name}: {pages.said(out).get('title')}")

    def test_provenance(self):
        """Where the numbers come from is said once a page, in a fold."""
        for path, _, outputs in stored():
            text = [page for out in outputs if "Where the numbers come from" in (
                page := "".join(out.get("data", {}).get("text/html", "")))]
            self.assertEqual(len(text), 1, path.name)
            self.assertIn("<details>", text[0], path.name)


if __name__ == "__main__":
    unittest.main()
