"""What is stored or published: tidied, free of this machine, loading nothing from the network."""
import tempfile
import unittest
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import book
import report
from book import outside


def html(text):
    return new_output("display_data", data={"text/html": text})


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


class Stored(unittest.TestCase):
    def setUp(self):
        cells = [
            new_markdown_cell("# Title", id="a"),
            new_code_cell("%noautoget", id="b", metadata={"tags": ["remove-cell"]}, outputs=[printed("chatter")]),
            new_code_cell("%%", id="c", metadata={"execution": {"iopub.status.busy": "2024"}}, outputs=[
                printed("65.9 %"), printed("epoch 1", "stderr"), html('<div id="live_1"></div>'),
                html("<img src='data:,'>")]),
        ]
        self.notebook = new_notebook(cells=cells, metadata={"language_info": {"name": "go", "version": "go1.26.5"}})

    def store(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.ipynb"
            report.store(self.notebook, path)
            return path.read_bytes()

    def test_tidy(self):
        _, setup, cell = report.tidy(self.notebook).cells
        self.assertEqual(setup.outputs, [])
        self.assertEqual(cell.outputs, [printed("65.9 %"), html("<img src='data:,'>")])
        self.assertEqual(cell.metadata, {})
        self.assertNotIn(b"go1.26.5", self.store())

    def test_order(self):
        self.notebook.cells[2].outputs = [printed("a"), html("<p>1</p>"), html("<p>2</p>"), printed("b")]
        self.assertEqual(report.tidy(self.notebook).cells[2].outputs,
                         [printed("ab"), html("<p>1</p>"), html("<p>2</p>")])

    def test_machine_paths(self):
        for text in "/home/ann/x", "panic: /root/go/pkg", "in /tmp/gonb_1/main.go:3", f"{report.NOTEBOOKS}/x":
            for output in printed(text), html(f"<p>{text}</p>"):
                self.notebook.cells[2].outputs = [output]
                with self.assertRaisesRegex(ValueError, "x.ipynb, cell 3 prints a path of this machine"):
                    self.store()

    def test_no_machine_paths(self):
        self.notebook.cells[2].outputs = [
            printed("runs/cnn and fer/model"), html('<img src="data:image/png;base64,AA/tmp/AA/root/A=">'),
            new_output("display_data", data={"image/png": "AA/home/AA"})]
        self.store()

    def test_size(self):
        self.notebook.cells[2].outputs = [printed("x" * (1 << 20))]
        with self.assertRaisesRegex(ValueError, "more than 1"):
            self.store()


class Pages(unittest.TestCase):
    def test_documentation(self):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder)
            (source / "01_cnn.ipynb").write_text("{}")
            pages = book.add_pages(source)
            self.assertIn("docs/accuracy.md", pages)
            for page in pages:
                for picture, _, target, _ in book.LINK.findall((source / page).read_text(encoding="utf-8")):
                    if not book.WEB.match(target) and ":" not in target:
                        self.assertTrue((source / "docs" / target).exists(),
                                        f"{page} {'shows' if picture else 'links to'} {target}")


class Offline(unittest.TestCase):
    def loads(self, page, name="index.html"):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).write_text(page)
            return outside(folder)

    def test_loads(self):
        for page in (
            '<script src="https://cdn.example/x.js"></script>', "<img src='//cdn.example/x.png'/>",
            '<link rel="stylesheet" href="http://cdn.example/x.css">', '<iframe src="https://cdn.example"></iframe>',
            '<link href="https://cdn.example" rel="preconnect">', '<img srcset="a.png, https://cdn.example/b.png 2x">',
            "<style>@import 'https://cdn.example/x.css'</style>",
            '<p style="background: url(https://cdn.example/x.png)">',
            "<script>import('https://cdn.example/x.js')</script>",
            '<script>s.src = "https://cdn.example/x.js"</script>',
            '<script>const THEBE_JS_URL = "https://cdn.example/x.js"</script>',
        ):
            self.assertEqual(len(self.loads(page)), 1, page)
        self.assertEqual(len(self.loads("a { src: url('https://cdn.example/x.woff') }", "x.css")), 1)

    def test_links(self):
        self.assertEqual(self.loads(
            '<a href="https://example.org">a paper</a> <img src="_images/x.png"> <script src="x.js"></script>'
            '<svg xmlns="http://www.w3.org/2000/svg"></svg> <script>f("http://www.w3.org/2000/svg")</script>'), [])


class Order(unittest.TestCase):
    def test_names(self):
        names = {path.stem for path in report.NOTEBOOKS.glob("*.ipynb")}
        self.assertLessEqual({report.TRAINS, *report.OPEN, *report.FIRST}, names)

    def order(self, waiting, failing=()):
        """Runs two notebooks at a time, the one that started first ends first, and returns what ran beside what."""
        waiting, running, passed, steps = list(waiting), [], set(), []
        while waiting or running:
            if len(running) < 2 and (name := report.next_of(waiting, running, passed)):
                waiting.remove(name)
                running.append(name)
                continue
            steps.append(tuple(running))
            name = running.pop(0)
            passed |= {name} - set(failing)
        return steps

    def test_wait_for_the_net(self):
        steps = self.order(["00_data", "01_cnn", "02_dnn", "03_confusion", "06_semi_supervised"])
        self.assertEqual(steps[0], ("01_cnn", "06_semi_supervised"))
        self.assertEqual(steps[1], ("06_semi_supervised", "03_confusion"))
        self.assertEqual(self.order(["01_cnn", "02_dnn"])[0], ("01_cnn",))

    def test_never_train_it_twice(self):
        for steps in (self.order(["02_dnn", "03_confusion", "04_saliency"]),
                      self.order(["01_cnn", "02_dnn", "03_confusion"], failing=["01_cnn"])):
            self.assertEqual([len(step) for step in steps], [1, 1, 1])
        self.assertEqual(self.order(["02_dnn", "07_own_faces"])[0], ("07_own_faces", "02_dnn"))


if __name__ == "__main__":
    unittest.main()
