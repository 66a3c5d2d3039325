"""Tries the explorer as a reader does: a real JupyterLab, a real Chromium, the keyboard. `make lab-test` runs it.

It opens a copy of the playground, runs every cell, turns sliders and menus of the last one, and expects the pictures to
follow; then it presses Done, and expects the last pictures to stay. It does so again after the page has lost its
connection to the cell. Chromium is the one in PATH or that CHROMIUM names.
"""
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import unittest
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

from browser import launch, require

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build/lab-test"
SECONDS = float(os.environ.get("LAB_TEST_SECONDS", 120))  # that one step, and each of the notebook's cells, may take

EXPLORER = ".ferlab-explore"
IMAGES = "[...document.querySelectorAll('.jp-CodeCell figure img')].slice(-2).map(i => i.src)"
# What says of these what they show: net, method, face, threshold and answer.
WORDS = "[...document.querySelectorAll('.jp-CodeCell figure img')].slice(-2).map(i => i.alt)"
# The outputs of the last cell.
KEPT = "[...document.querySelectorAll('.jp-CodeCell')].at(-1).querySelector('.jp-Cell-outputArea')"
# Once loseAck is set, the connection that GoNB's page opens, without a session's name, loses the kernel's next
# acknowledgement, as Jupyter at times does; the page then gives the connection up.
LOSE = """(() => {
    const onmessage = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
    Object.defineProperty(WebSocket.prototype, "onmessage", {...onmessage, set(listen) {
        onmessage.set.call(this, event => {
            const ack = !this.url.includes("session_id") && String(event.data).includes("#comm_open_ack");
            if (!(ack && window.loseAck)) return listen.call(this, event);
            window.loseAck = false;
        });
    }});
})()"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def copy_notebook():
    """Copies the playground without outputs; its set-up cell then finds the repository from elsewhere."""
    notebook = json.loads((ROOT / "notebooks/playground.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
            cell["source"] = "".join(cell["source"]).replace('"$GONB_DIR/.."', f'"{ROOT}"')
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    (FOLDER / "playground.ipynb").write_text(json.dumps(notebook))


class Lab:
    """A JupyterLab of its own, on this machine only."""

    def __enter__(self):
        self.port, self.token = free_port(), secrets.token_hex(16)
        environment = {k: v for k, v in os.environ.items() if k not in ("FERLAB_HEADLESS", "FER_DATA")} | {
            "FERLAB_SMALL": "1", "JUPYTER_DATA_DIR": str(ROOT / ".ferlab/jupyter"),
            "JUPYTER_CONFIG_DIR": str(ROOT / ".ferlab/config"), "JUPYTERLAB_SETTINGS_DIR": str(FOLDER / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(FOLDER / "workspaces")}
        self.log = open(FOLDER / "lab.log", "wb")
        self.process = subprocess.Popen(
            [ROOT / ".ferlab/venv/bin/python", "-m", "jupyterlab", "--no-browser", "--allow-root",
             "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0",
             f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={FOLDER}", "--LabApp.news_url=None",
             "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"],
            env=environment, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)
        end = time.monotonic() + SECONDS
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/status?token={self.token}", timeout=5).close()
                return self
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    self.__exit__()
                    raise RuntimeError(f"JupyterLab doesn't start: see {FOLDER / 'lab.log'}") from None
                time.sleep(0.5)

    def activity(self):
        """Returns when the kernel last said something, and whether it is busy or idle."""
        url = f"http://127.0.0.1:{self.port}/api/kernels?token={self.token}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            [kernel] = json.load(answer)
        return kernel["last_activity"], kernel["execution_state"]

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)  # it ends its kernels
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.log.close()


class Explorer(unittest.TestCase):
    def changes(self, page, before, which, what):
        """Waits until picture `which` of the two (0: maps, 1: probabilities) is another than before, and returns
        both."""
        try:
            page.wait_for_function(f"old => {{ const now = {IMAGES}; return now.length == 2 && now[{which}] != old }}",
                                   arg=before[which])
        except Exception:
            page.screenshot(path=FOLDER / "failed.png")
            self.fail(f"{what}: picture {which} stays as it was within {SECONDS:.0f} s; see {FOLDER / 'failed.png'}")
        return page.evaluate(IMAGES)

    def wait_for_explorer(self, lab, page):
        """Scrolls to the explorer until its last widget is there: outputs above it still grow and push it away. All
        cells run before it, so what is limited is the time in which the kernel says nothing."""
        last, since = None, time.monotonic()
        while not page.evaluate(f"""() => {{
                document.querySelector({EXPLORER!r})?.scrollIntoView();
                return [...document.querySelectorAll("button")]"""
                f""".some(b => b.textContent.trim() == "Done" && b.offsetParent);
                }}"""):
            if (now := lab.activity()) != last:
                last, since = now, time.monotonic()
            if time.monotonic() - since > SECONDS:
                page.screenshot(path=FOLDER / "failed.png")
                self.fail(f"no explorer, and a silent kernel for {SECONDS:.0f} s: {last}; see {FOLDER / 'failed.png'}")
            page.wait_for_timeout(500)

    def test_explorer(self):
        copy_notebook()
        with Lab() as lab, sync_playwright() as playwright:
            browser = launch(playwright)
            page = browser.new_page(viewport={"width": 1280, "height": 1600})
            page.set_default_timeout(1000 * SECONDS)
            page.add_init_script(LOSE)
            page.goto(f"http://127.0.0.1:{lab.port}/lab/tree/playground.ipynb?token={lab.token}&reset")
            page.get_by_text("Go (gonb) | Idle").wait_for()  # the kernel has started
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            self.wait_for_explorer(lab, page)
            page.get_by_role("button", name="Done", exact=True).wait_for()
            page.wait_for_function(f"{IMAGES}.length == 2")
            start = page.evaluate(IMAGES)
            self.assertTrue(all(src.startswith("data:image/png;base64,") for src in start))

            control = lambda label: page.locator(EXPLORER).get_by_label(label, exact=True)
            threshold = control("threshold, %")
            threshold.focus()
            threshold.press("ArrowRight")
            threshold.press("ArrowRight")
            after = self.changes(page, start, 0, "threshold")
            self.assertEqual(after[1], start[1], "the threshold must not change the probabilities")
            self.assertEqual(page.locator(f"{EXPLORER} output").last.inner_text(), "32")

            control("face").press("PageUp")
            self.changes(page, after, 1, "face")
            before = self.changes(page, after, 0, "face")
            control("method").select_option("gradient")
            before = self.changes(page, before, 0, "method")
            control("net").select_option(index=1)
            self.changes(page, before, 1, "net")
            self.changes(page, before, 0, "net")
            words = page.evaluate(WORDS)
            page.locator(EXPLORER).locator("xpath=ancestor::*[contains(@class,'jp-CodeCell')]").screenshot(
                path=FOLDER / "explorer.png")

            page.get_by_role("button", name="Done", exact=True).click()
            page.wait_for_selector(EXPLORER, state="detached")
            # The last pictures stay, as outputs of the notebook with the same words.
            page.wait_for_function(f"""said => {{
                const text = {KEPT}.innerText.replaceAll(/\\s+/g, " ");
                const pictures = {KEPT}.querySelectorAll(".jp-RenderedImage img").length;
                return pictures == 2 && said.every(s => text.includes(s));
                }}""", arg=[" ".join(said.split()) for said in words])

            page.evaluate("globalThis.gonb_comm.close(1000, 'lost'); window.loseAck = true")
            page.locator(".jp-CodeCell .jp-InputArea-editor").last.click()
            page.keyboard.press("Control+Enter")
            self.wait_for_explorer(lab, page)
            self.assertFalse(page.evaluate("window.loseAck"), "no acknowledgement was lost")
            before = page.evaluate(IMAGES)
            control("face").press("PageUp")
            self.changes(page, before, 1, "face, connected again")
            page.get_by_role("button", name="Done", exact=True).click()
            page.wait_for_selector(EXPLORER, state="detached")
            browser.close()


if __name__ == "__main__":
    require()
    unittest.main()
