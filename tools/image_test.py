"""Tries the container image as a reader does. `make image-test` runs it.

It builds the image by docker, podman or buildah (ENGINE names one), says its size and the time, starts it as it starts
by itself, as a user without rights, opens a notebook in Chromium with the token that the log prints, runs two cells,
and lets `make report` run inside. Where no registry of images can be reached, tools/image/base.sh makes the images that
the Dockerfile starts from. Chromium is the one in PATH or that CHROMIUM names.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

from playwright.sync_api import sync_playwright

from browser import launch, require

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build/image-test"
IMAGE = "ferlab"
ENGINE = os.environ.get("ENGINE") or next(  # The first that works: docker needs its daemon.
    (e for e in ("docker", "podman", "buildah")
     if shutil.which(e) and subprocess.run([e, "info"], capture_output=True).returncode == 0), None)
SECONDS = float(os.environ.get("IMAGE_TEST_SECONDS", 300))  # that one step in the browser may take
PORT = 8888
# buildah starts containers without a daemon, on this machine's own network.
BUILDAH_RUN = ["buildah", "run", "--isolation", "chroot"]


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def build():
    begin = time.monotonic()
    extra = ["--isolation", "chroot", "--pull=never"] if ENGINE == "buildah" else []
    subprocess.run([ENGINE, "build", *extra, "-t", IMAGE, ROOT], check=True)
    size = (json.loads(output("buildah", "images", "--json", IMAGE))[0]["size"] if ENGINE == "buildah" else
            f'{int(output(ENGINE, "image", "inspect", "--format", "{{.Size}}", IMAGE)) / 1e9:.2f} GB')
    print(f"built in {time.monotonic() - begin:.0f} s: {size}", flush=True)


class Container:
    """A container of the image that runs a command, by default its own."""

    def __init__(self, *command):
        if ENGINE == "buildah":
            self.name = output("buildah", "from", "--pull-never", IMAGE)
            config = json.loads(output("buildah", "inspect", "--type", "image", IMAGE))["OCIv1"]["config"]
            self.command = BUILDAH_RUN + [self.name, "--", *(command or config["Cmd"])]
        else:
            self.name = f"{IMAGE}-test-{os.getpid()}"
            self.command = [ENGINE, "run", "--rm", "--name", self.name, "-p", f"127.0.0.1:{PORT}:8888", IMAGE, *command]

    def __enter__(self):
        self.log = FOLDER / "container.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        return self

    def inside(self, *command):
        """Returns what a command inside prints."""
        return output(*(BUILDAH_RUN + [self.name, "--"] if ENGINE == "buildah" else [ENGINE, "exec", self.name]),
                      *command)

    def token(self):
        """Returns the token that the server prints."""
        end = time.monotonic() + SECONDS
        while not (found := re.search(r"127\.0\.0\.1:(\d+)/lab\?token=(\w+)", self.log.read_text(errors="replace"))):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the container doesn't start: see {self.log}")
            time.sleep(0.5)
        return found.group(2)

    def __exit__(self, *_):
        if ENGINE != "buildah":
            subprocess.run([ENGINE, "stop", self.name], capture_output=True)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        if ENGINE == "buildah":
            subprocess.run(["buildah", "rm", self.name], check=True, capture_output=True)


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        FOLDER.mkdir(parents=True, exist_ok=True)
        if os.environ.get("IMAGE_TEST_BUILD") != "no":
            build()

    def test_notebook(self):
        with Container() as container, sync_playwright() as playwright:
            token = container.token()
            self.assertNotEqual(container.inside("id", "-u"), "0", "the container runs as root")
            browser = launch(playwright)
            page = browser.new_page(viewport={"width": 1280, "height": 1600})
            page.set_default_timeout(1000 * SECONDS)
            page.goto(f"http://127.0.0.1:{PORT}/lab/tree/00_data.ipynb?token={token}&reset")
            page.get_by_text("Go (gonb) | Idle").wait_for()
            page.get_by_role("menuitem", name="Edit", exact=True).click()
            page.get_by_role("menuitem", name="Clear Outputs of All Cells", exact=True).click()
            page.locator(".jp-CodeCell").first.click()
            for _ in range(3):  # A cell of text may stand between.
                page.keyboard.press("Shift+Enter")
            prompts = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.textContent)"
            try:
                page.wait_for_function(f"{prompts}.some(p => p.startsWith('[2]'))")
            finally:
                page.screenshot(path=FOLDER / "notebook.png")
            self.assertEqual(page.locator(".jp-RenderedText[data-mime-type*=error]").count(), 0)
            browser.close()

    def test_report(self):
        begin = time.monotonic()
        with Container("sh", "-c", "make report && cat build/report/html/index.html") as container:
            self.assertEqual(container.process.wait(), 0, f"make report fails: see {container.log}")
            self.assertIn("</html>", container.log.read_text(errors="replace"))
        print(f"make report inside: {time.monotonic() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    require()
    if not ENGINE:
        sys.exit("image-test: it needs docker, podman or buildah, at work")
    unittest.main()
