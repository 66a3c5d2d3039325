"""Looks at the report as readers do: phone, tablet and desk, light and dark, with and without scripts. `make lab-test`
runs it.

It builds the book from the stored notebooks and keeps pictures of all its pages in build/lab-test/book. Chromium is the
one in PATH or that CHROMIUM names.
"""
import re
import unittest

from playwright.sync_api import sync_playwright

from browser import launch, require
from lab_test import ROOT

FOLDER = ROOT / "build/lab-test/book"
SIZES = {390: 844, 820: 1180, 1440: 900}
QUESTIONS = [f"0{k}" for k in range(8)]

# The elements that reach beyond the window, unless they stand in a part that scrolls by itself.
WIDER = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = e => { for (let p = e.parentElement; p; p = p.parentElement)
        if (["auto", "scroll", "hidden"].includes(getComputedStyle(p).overflowX)) return true; return false };
    return [...document.querySelectorAll(".bd-article-container *")].filter(e => {
        const r = e.getBoundingClientRect();
        return r.width && r.right > width + 1 && !scrolls(e);
    }).slice(0, 5).map(e =>
        `<${e.tagName} class="${e.className}"> ends at ${Math.round(e.getBoundingClientRect().right)}`);
}"""
# Letters of 12 pixels that have become smaller than 10. The attribute has the width as drawn.
SMALL = """() => [...document.querySelectorAll(".fl-scroll img")]
    .filter(i => i.clientWidth && 12 * i.clientWidth / i.getAttribute("width") < 9.9)
    .map(i => `${i.src.split("/").pop()}: ${i.clientWidth} of ${i.getAttribute("width")}`)"""
# Tables that go on beyond the window and don't say so.
HIDDEN = """() => [...document.querySelectorAll(".pst-scrollable-table-container, .fl-table")]
    .filter(t => t.clientWidth && t.scrollWidth > t.clientWidth + 1 && !t.classList.contains("fl-wide"))
    .map(t => `${t.scrollWidth} in ${t.clientWidth}: ${t.textContent.trim().slice(0, 60)}`)"""
SILENT = """() => [...document.querySelectorAll("main img, main canvas, main svg")].filter(i =>
    !(i.alt || i.getAttribute("aria-label") || i.closest("[aria-hidden]") ||
      i.closest("a, button, summary")?.textContent.trim()))
    .map(i => i.outerHTML.slice(0, 100))"""


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.playwright = sync_playwright().start()
        cls.browser = launch(cls.playwright)
        cls.site = FOLDER / "html"
        pages = [*cls.site.glob("*.html"), *cls.site.glob("docs/*.html")]
        cls.names = sorted(str(p.relative_to(cls.site).with_suffix("")) for p in pages
                           if p.stem not in ("genindex", "search"))

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.playwright.stop()

    def open(self, name, width=1440, theme="light", **options):
        context = self.browser.new_context(viewport={"width": width, "height": SIZES[width]}, color_scheme=theme,
                                           **options)
        page = context.new_page()
        self.asked = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(f"file://{self.site}/{name}.html")
        page.wait_for_load_state("load")
        return page

    def test_pages(self):
        for name in self.names:
            for width in SIZES:
                for theme in "light", "dark":
                    with self.subTest(name, width=width, theme=theme):
                        page = self.open(name, width, theme)
                        shot = f"{name.replace('/', '-')}-{width}-{theme}.png"
                        page.screenshot(path=FOLDER / shot, full_page=True)
                        if width == 390:
                            self.assertEqual(page.evaluate(WIDER), [])
                            self.assertEqual(page.evaluate(HIDDEN), [])
                            self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), width)
                        self.assertEqual(page.evaluate(SMALL), [])
                        self.assertEqual(page.evaluate(SILENT), [])
                        self.assertEqual([url for url in self.asked if not re.match("file:|data:|blob:", url)], [])
                        page.context.close()

    def test_answers(self):
        """A page's first screen holds its answer and its number, and the front page's all six questions."""
        for name in (n for n in self.names if n[:2] in QUESTIONS):
            for width, height in SIZES.items():
                with self.subTest(name, width=width):
                    page = self.open(name, width)
                    line = page.locator(".fl-answer .fl-number-line").first.bounding_box()
                    self.assertLessEqual(line["y"] + line["height"], height)
                    page.context.close()
        page = self.open("index")
        self.assertEqual(page.locator(".fl-card").count(), 6)
        self.assertEqual(page.locator(".fl-card .fl-number-line strong").count(), 6)
        self.assertEqual(page.locator(".fl-classes img").count(), 7)
        page.context.close()
        self.assertTrue((self.site / "ferlab.pdf").read_bytes().startswith(b"%PDF"))

    def test_plays(self):
        page = self.open("04_saliency")
        play = page.locator(".fl-play[data-kind=threshold]").first
        painted = lambda: play.locator("canvas").first.evaluate("c => c.toDataURL()")
        before = painted()
        play.locator("input").fill("80")
        self.assertNotEqual(painted(), before)
        page.context.close()

        page = self.open("03_confusion")
        play = page.locator(".fl-play[data-kind=confusion]").first
        play.locator("button").first.click()
        self.assertGreater(play.locator(".fl-stage img").count(), 0)
        page.context.close()

        page = self.open("01_cnn")
        play = page.locator(".fl-play[data-kind=guess]").first
        play.get_by_role("button", name="happy", exact=True).click()
        self.assertIn("The label is", play.inner_text())
        play.get_by_role("button", name="next face").click()
        self.assertIn("Which emotion", play.inner_text())
        page.context.close()

    def test_without_scripts(self):
        for name in "01_cnn", "03_confusion", "04_saliency":
            page = self.open(name, java_script_enabled=False)
            self.assertTrue(page.locator(".fl-play > .fl-scroll img").first.is_visible(), name)
            page.context.close()


if __name__ == "__main__":
    require()
    unittest.main()
