"""Every way in which a cell can fail must fail the run, with a message that says where and what."""
import unittest

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from execute import CellFailed, execute

SETUP = '%noautoget\n!*[ -f go.work ] || go work init . "$GONB_DIR/.."\n%goflags "-ldflags=-s -w"'


def run(source, **options):
    cells = [new_markdown_cell("# A test"), new_code_cell(SETUP), new_code_cell(source)]
    return execute(new_notebook(cells=cells), "test.ipynb", **options).cells[-1].outputs


class Fails(unittest.TestCase):
    def check(self, source, message, **options):
        with self.assertRaises(CellFailed) as caught:
            run(source, **options)
        text = str(caught.exception)
        self.assertIn("test.ipynb, cell 3 failed", text)
        self.assertIn(source.splitlines()[0], text)
        self.assertIn(message, text)

    def test_compile_error(self):
        self.check("%%\nvar n int = \"seven\"", "cannot use")

    def test_panic(self):
        self.check("%%\npanic(\"no faces\")", "no faces")

    def test_exit(self):
        self.check("import \"os\"\n%%\nos.Exit(1)", "exit status 1")

    def test_shell(self):
        self.check("!false", "exit status 1")

    def test_bash(self):
        self.check("%%bash\nexit 3", "exit status 3")

    def test_unknown_magic(self):
        self.check("%nosuchmagic", "unknown or not implemented")

    def test_timeout(self):
        self.check("!sleep 600", "took longer than 10 s", timeout=10)


class Passes(unittest.TestCase):
    def test_package(self):
        [out] = run('import "ferlab/fer"\n%%\nfmt.Println(fer.Emotions.Name(fer.Happy))')
        self.assertEqual((out.name, out.text), ("stdout", "happy\n"))


if __name__ == "__main__":
    unittest.main()
