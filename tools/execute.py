"""Executes a GoNB notebook without a browser, and notices every failure: also those that the kernel only prints."""
import os
import re
import subprocess
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
TIMEOUT = int(os.environ.get("CELL_TIMEOUT", 1800))  # seconds that one cell may take

# A failed shell command or %%bash and an unknown %magic leave nothing but such a line on stderr.
SILENT_FAILURE = re.compile(r"exit status|unknown or not implemented")
os.environ["JUPYTER_DATA_DIR"] = str(ROOT / ".ferlab/jupyter")  # the kernel that `make setup` installed
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class CellFailed(Exception):
    """Says which cell of which notebook failed, shows how it begins, and what it printed."""

    def __init__(self, name, number, cell, error):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        begin = "".join(f"    | {line}\n" for line in lines[:3])
        super().__init__(f"{name}, cell {number} failed:\n{begin}{ANSI.sub('', error).strip()}")


def stderr(cell):
    """What a cell printed to standard error."""
    return "".join(out.text for out in cell.get("outputs", []) if out.output_type == "stream" and out.name == "stderr")


def execute(notebook, name, cwd=NOTEBOOKS, timeout=TIMEOUT):
    """Executes all cells of the notebook in place, in a fresh kernel, and stops with CellFailed at the first bad one.

    The kernel runs in the repository's notebooks folder, wherever the notebook itself lies: its set-up cell finds the
    packages from there, and relative paths mean the same as in JupyterLab. Cells are numbered from 1, prose included.
    """
    os.environ["FERLAB_HEADLESS"] = "1"  # no widgets, no live plots: nobody watches
    client = NotebookClient(notebook, kernel_name="gonb", timeout=timeout, coalesce_streams=True, record_timing=False,
                            resources={"metadata": {"path": str(cwd)}})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with client.setup_kernel(stderr=subprocess.DEVNULL):  # the kernel's own log
        for number, cell in enumerate(notebook.cells, start=1):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            try:
                client.execute_cell(cell, number - 1)
            except CellExecutionError as err:
                raise CellFailed(name, number, cell, stderr(cell) + f"\n{err.ename}: {err.evalue}") from None
            except CellTimeoutError:
                raise CellFailed(name, number, cell,
                                 f"took longer than {timeout} s (CELL_TIMEOUT sets the limit)") from None
            except DeadKernelError:
                raise CellFailed(name, number, cell, "the kernel died") from None
            if SILENT_FAILURE.search(stderr(cell)):
                raise CellFailed(name, number, cell, stderr(cell))
    return notebook


def read(path):
    """Reads a notebook and gives every cell a fixed id, so that writing it back changes only what it says."""
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.setdefault("id", f"cell-{number:02}")
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    return notebook
