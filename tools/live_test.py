"""Tries the live page in a real Chromium, as a reader does: photos, a camera, the keyboard. `make lab-test` runs it.

The photos and the camera's film show drawn faces; what the page says of the photos is compared with what the programs
say of the same files. Chromium is the one in PATH or that CHROMIUM names.
"""
import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
import time
import unittest
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from browser import launch, require

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build/live-test"
SECONDS = float(os.environ.get("LAB_TEST_SECONDS", 120))  # that one step may take
NETS = ["distilled", "best", "cnn", "dnn", "ferplus"]
CAMERA = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={FOLDER / 'camera.mjpeg'}"]
GRANTED = ["--use-fake-ui-for-media-stream"]


def setUpModule():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    subprocess.run(["go", "run", "./fer/live/testdata/scenes", FOLDER], cwd=ROOT, check=True)
    subprocess.run(["go", "run", "./experiments/export", "-run", ",".join(NETS), "-web", FOLDER / "page"], cwd=ROOT,
                   check=True, stdout=subprocess.DEVNULL)
    expect.set_options(timeout=1000 * SECONDS)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Page(unittest.TestCase):
    playwright = None

    def open(self, arguments=(), size=(1000, 900), scheme="light", url=None, script="", says="Ready"):
        """Opens the page as a file in a browser of its own, and writes down every address that it asks for."""
        if not self.playwright:
            self.playwright = sync_playwright().start()
            self.addCleanup(self.playwright.stop)
        browser = launch(self.playwright, *arguments)
        self.addCleanup(browser.close)
        page = browser.new_context(viewport=dict(zip(("width", "height"), size)), color_scheme=scheme).new_page()
        page.add_init_script(script)
        page.set_default_timeout(1000 * SECONDS)
        self.asked, self.errors = [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        self.page, self.status = page, page.locator(".ferlab-status")
        page.goto(url or (FOLDER / "page/index.html").as_uri())
        self.says(says)
        return page

    def tearDown(self):
        self.assertEqual(self.errors, [])
        outside = [url for url in self.asked if not url.startswith(("file:", "blob:", "data:", "http://127.0.0.1:"))]
        self.assertEqual(outside, [], "the page asked others for something")

    def says(self, pattern):
        expect(self.status).to_have_text(re.compile(pattern))

    def bars(self):
        return [float(bar.get_attribute("data-probability")) for bar in self.page.locator(".ferlab-bars li").all()]

    def leader(self, name):
        expect(self.page.locator(".ferlab-top .ferlab-name")).to_have_text(name)

    def picture(self, part):
        return self.page.locator(f'[data-part="{part}"]').evaluate("canvas => canvas.toDataURL()")

    def choose(self, name):
        self.page.locator('[data-part="file"]').set_input_files(FOLDER / name)

    def test_same_as_the_programs(self):
        want = json.loads((FOLDER / "want.json").read_text())
        page = self.open()
        menu = page.get_by_role("combobox")
        worst, seen = 0, 0
        for net in NETS:
            menu.select_option(net)
            self.says("Ready|face")
            expect(menu).to_be_enabled()
            for name, faces in sorted(want[net].items()):
                self.choose(name)
                self.says("^No face was found" if not faces else "^One face:" if len(faces) == 1 else
                          f"^{len(faces)} faces;")
                for i, face in enumerate(faces):
                    if len(faces) > 1:
                        page.get_by_role("button", name=f"face {i + 1}").click()
                    got = self.bars()
                    self.assertEqual(len(got), len(face["probabilities"]))
                    worst = max([worst] + [abs(a - b) for a, b in zip(got, face["probabilities"])])
                    seen += 1
        print(f"{seen} faces: probabilities differ by at most {worst:.1e}")
        self.assertGreater(seen, 8 * len(NETS))
        self.assertLess(worst, 1e-4)

    def test_photo_and_keyboard(self):
        page = self.open(size=(390, 800))
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 390, "wider than a phone")
        self.choose("happy.jpg")
        self.leader("happy")
        seen, heat = self.picture("seen"), self.picture("heat")
        page.screenshot(path=FOLDER / "phone.png", full_page=True)
        self.choose("surprise.png")
        self.leader("surprise")
        self.assertNotEqual(self.picture("seen"), seen)
        self.assertNotEqual(self.picture("heat"), heat)
        # Another emotion's map, and the closer one, by the keyboard alone.
        heat = self.picture("heat")
        bar = page.get_by_role("button", name=re.compile("^happy"))
        bar.focus()
        bar.press("Enter")
        expect(bar).to_have_attribute("aria-pressed", "true")
        other = self.picture("heat")
        self.assertNotEqual(other, heat)
        closer = page.get_by_role("button", name="Look closer")
        closer.focus()
        closer.press("Enter")
        start = time.monotonic()
        expect(page.locator('[data-part="heatnote"]')).to_have_text(re.compile("covering"))
        print(f"looking closer: {time.monotonic() - start:.1f} s")
        self.assertNotEqual(self.picture("heat"), other)
        for name, text in [("broken.jpg", "can't be read: .* no JPEG"), ("none.gif", "No face was found"),
                           ("huge.png", "10000×10000, want at most .*: make it smaller")]:
            self.choose(name)
            self.says(text)
        for name, text in [("large.jpg", "^One face: happy"), ("nobody.jpg", "No face was found")]:
            start = time.monotonic()
            self.choose(name)
            self.says(text)
            print(f"{name}, 12 megapixels: {time.monotonic() - start:.1f} s")

    def test_drop(self):
        page = self.open(scheme="dark", size=(820, 900))
        data = list((FOLDER / "group.jpg").read_bytes())
        drop = page.evaluate_handle("""data => {
            const moved = new DataTransfer();
            moved.items.add(new File([new Uint8Array(data)], "group.jpg"));
            return moved;
        }""", data)
        page.locator("#ferlab-live").dispatch_event("drop", {"dataTransfer": drop})
        self.says("^3 faces; face 1 of them: happy")
        page.get_by_role("button", name="face 2").press("Enter")
        self.leader("surprise")
        page.screenshot(path=FOLDER / "dark.png", full_page=True)

    def camera(self, url=None):
        page = self.open(CAMERA + GRANTED, url=url)
        page.get_by_role("button", name="Use the camera").press("Enter")
        self.says("pictures a second")
        self.leader("happy")
        first = self.bars()
        page.screenshot(path=FOLDER / "camera.png", full_page=True)
        self.leader("surprise")
        self.assertNotEqual(self.bars(), first)
        page.wait_for_timeout(2500)
        live = page.locator("#ferlab-live")
        print("camera:", *(f"{live.get_attribute('data-' + name)} {unit}" for name, unit in
                           [("rate", "pictures a second,"), ("find", "ms to find faces,"), ("read", "ms to read")]))
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Go on").wait_for()
        held = self.bars()
        page.wait_for_timeout(500)
        self.assertEqual(self.bars(), held)
        page.get_by_role("button", name="Stop the camera").click()
        self.says("The camera is off")

    def test_camera_of_a_file(self):
        self.camera()

    def test_camera_of_a_server(self):
        handler = functools.partial(Quiet, directory=FOLDER / "page")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.camera(f"http://127.0.0.1:{server.server_port}/index.html")

    def test_camera_refused(self):
        page = self.open(CAMERA + ["--deny-permission-prompts"])
        page.get_by_role("button", name="Use the camera").click()
        self.says("refused the camera")
        self.choose("happy.jpg")
        self.leader("happy")

    def test_no_camera(self):
        page = self.open(GRANTED)
        page.get_by_role("button", name="Use the camera").click()
        self.says("No camera was found|gives no picture|can't be used")

    def test_camera_forbidden(self):
        page = self.open(script="Object.defineProperty(Navigator.prototype, 'mediaDevices', {value: undefined})")
        page.get_by_role("button", name="Use the camera").click()
        self.says("make live")

    def test_forbidden(self):
        self.open(script="delete window.Worker", says="lacks Worker")
        self.open(script="""window.Worker = class { constructor() { throw new Error("forbidden here") } }""",
                  says="forbidden here.*make live")


if __name__ == "__main__":
    require()
    unittest.main()
