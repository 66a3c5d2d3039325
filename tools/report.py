"""Executes the notebooks, and makes of them what the mode asks for:

    report.py            the report, one offline web site: build/report/html/index.html
    report.py --check    nothing: it only says whether they all run
    report.py --refresh  the outputs stored in the notebooks themselves, as whoever opens them on a forge sees them
    report.py --stored FOLDER  the report in that folder, of the stored outputs, without running anything

Names of notebooks after the mode restrict it to these. FER_DATA, FERLAB_SMALL and the like reach the notebooks. Those
that share no training run beside each other. While they run, the report of the stored outputs can be read.
"""
import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_output

import book
from execute import NOTEBOOKS, CellFailed, execute, read, stderr

MAX_BYTES = 1 << 20  # of a stored notebook
TRAINS = "01_cnn"  # The notebook that trains the net which others open, or train themselves if it isn't there.
OPEN = {"02_dnn", "03_confusion", "04_saliency", "05_filters"}
# Those that others wait for and that take longest begin first, so that both processors have work to the end.
FIRST = [TRAINS, "06_semi_supervised", "playground", "04_saliency", "05_filters", "03_confusion", "07_own_faces"]
BESIDE = 2  # Notebooks that run at a time.
MACHINE_PATH = re.compile("|".join(["/home/", "/root/", "/Users/", "/tmp/", re.escape(str(NOTEBOOKS.parent)) + r"\b"]))
BASE64 = re.compile(r"base64,[A-Za-z0-9+/=\s]+")
METADATA = {
    "kernelspec": {"display_name": "Go (gonb)", "language": "go", "name": "gonb"},
    "language_info": {"codemirror_mode": "", "file_extension": ".go", "mimetype": "text/x-go", "name": "go",
                      "nbconvert_exporter": "", "pygments_lexer": "go", "version": ""},
}


def tidy(notebook):
    """Leaves what a reader wants: no chatter of set-up cells or on stderr, no empty outputs, no times, no versions."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
        if cell.cell_type == "code":
            hidden = "remove-cell" in cell.metadata.get("tags", [])
            cell.outputs = [] if hidden else in_order([out for out in cell.outputs if not chatter(out)])
    return notebook


def in_order(outputs):
    """Puts what a cell printed before what it displayed: they reach the kernel by two ways, in an order left to
    chance."""
    printed = "".join(out.text for out in outputs if out.output_type == "stream")
    text = [new_output("stream", name="stdout", text=printed)] if printed else []
    return text + [out for out in outputs if out.output_type != "stream"]


def chatter(output):
    if output.output_type == "stream":
        return output.name == "stderr" or not output.text.strip()
    # A live plot leaves an element without content when it is taken down.
    page = output.get("data", {}).get("text/html")
    return page is not None and not re.sub(r"</?(div|span|p)\b[^>]*>", "", "".join(page)).strip()


def machine_path(notebook):
    """Finds a path of this machine in the outputs: returns the cell's number and the line, or None."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            texts = [output.text] if output.output_type == "stream" else [
                text for mime, text in output.get("data", {}).items()
                if mime.startswith("text/") or mime == "image/svg+xml"]
            for line in BASE64.sub("", "\n".join(texts)).splitlines():
                if MACHINE_PATH.search(line):
                    return number, line.strip()[:200]
    return None


def store(notebook, path):
    """Writes the notebook back, in a form that depends on nothing but its content, unless it must not be published."""
    if found := machine_path(notebook):
        raise ValueError(f"{path.name}, cell {found[0]} prints a path of this machine: {found[1]}")
    text = nbformat.writes(notebook) + "\n"
    if len(text.encode()) > MAX_BYTES:
        raise ValueError(f"{path.name} is {len(text.encode()) / MAX_BYTES:.1f} MiB, more than 1: "
                         "make its figures smaller")
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def run(path):
    """Executes one notebook, says how long that took, and returns it, tidied."""
    start = time.monotonic()
    try:
        notebook = execute(read(path), path.name)
    except CellFailed:
        print(f"{path.name} FAILED after {time.monotonic() - start:.0f} s", flush=True)
        raise
    lines = [f"{path.name} {time.monotonic() - start:.0f} s"]
    # Not part of the page, so shown here.
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code" and (text := stderr(cell).strip()):
            lines.append(f"  cell {number} on stderr: {text}")
    print("\n".join(lines), flush=True)
    return tidy(notebook)


def run_all(paths, into, refresh):
    """Executes the notebooks one after the other, and writes each into the folder, and back if refresh is set. Returns
    whether all passed."""
    failed = False
    for path in paths:
        try:
            notebook = run(path)
            if refresh:
                store(notebook, path)
            nbformat.write(notebook, into / path.name)
        except (CellFailed, ValueError) as err:
            failed = True
            print(err, file=sys.stderr, flush=True)
    return not failed


def next_of(waiting, running, passed):
    """Names the notebook to start next, None if all must wait for one that is running."""
    trains = {TRAINS} & {*waiting, *running}
    alone = TRAINS not in passed and (trains or OPEN & {*running})
    free = [name for name in waiting if not (name in OPEN and alone)]
    return min(free, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST), default=None)


def run_beside(paths, into, refresh):
    """As run_all, each in a program of its own, beside each other. Those that open the net that one of them trains wait
    for it, and, if that isn't among them or fails, for each other."""
    waiting, running, passed = [path.stem for path in paths], {}, set()
    mode = ["--refresh"] if refresh else []
    try:
        while waiting or running:
            if len(running) < BESIDE and (name := next_of(waiting, running, passed)):
                waiting.remove(name)
                running[name] = subprocess.Popen([sys.executable, __file__, "--into", into, *mode, name])
                continue
            for name in [name for name, worker in running.items() if worker.poll() is not None]:
                if running.pop(name).returncode == 0:
                    passed.add(name)
            time.sleep(0.1)
    finally:  # After an interruption each shuts its kernel down.
        for worker in running.values():
            worker.terminate()
        for worker in running.values():
            worker.wait()
    return len(passed) == len(paths)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="only execute")
    mode.add_argument("--stored", metavar="FOLDER", help="build the report from the stored outputs")
    mode.add_argument("--refresh", action="store_true", help="store the outputs in the notebooks")
    parser.add_argument("--into", metavar="FOLDER", help="write the executed notebooks there, and do no more")
    parser.add_argument("names", nargs="*", help="notebooks, such as 01_cnn; all if none is named")
    args = parser.parse_args()

    data = os.environ.get("FER_DATA")
    if data and not Path(data).exists():
        sys.exit(f"FER_DATA is {data}, which is not there")
    paths = [p for p in sorted(NOTEBOOKS.glob("*.ipynb"))
             if not args.names or p.stem in {Path(n).stem for n in args.names}]
    if not paths:
        sys.exit(f"no notebook {' '.join(args.names)} in notebooks/")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # either way the kernel is shut down first
    try:
        sys.exit(make(args, paths))
    except KeyboardInterrupt:
        sys.exit("interrupted")


def make(args, paths):
    """Does what the mode asks for, and returns the exit status."""
    stored = lambda: {path.name: tidy(read(path)) for path in paths}
    if args.stored:
        book.BUILD = Path(args.stored).resolve()
        print(book.build(stored()))
        return 0
    if args.into:
        return 0 if run_all(paths, Path(args.into), args.refresh) else 1
    if report := not args.check and not args.refresh:
        print(f"The report as last stored, to read until the notebooks have run: {book.build(stored())}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        passed = run_beside(paths, Path(folder), args.refresh)
        done = {path.name: read(Path(folder) / path.name) for path in paths if (Path(folder) / path.name).exists()}
    if report and passed:
        print(f"The report is ready, open it in a browser: {book.build(done)}")
    else:
        print(f"{len(done)} passed, {len(paths) - len(done)} failed")
    return 0 if passed else 1


if __name__ == "__main__":
    main()
