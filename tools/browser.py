"""The Chromium of the tests: the one in PATH, or that CHROMIUM names."""
import os
import shutil
import sys

CHROMIUM = (os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or
            shutil.which("google-chrome"))


def launch(playwright, *arguments):
    """Starts Chromium; root has no sandbox there."""
    sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*sandbox, *arguments])


def require():
    """Ends the program, saying what to install, where there is no Chromium."""
    if not CHROMIUM:
        sys.exit("Chromium is not in PATH: install it (apt install chromium) or name it with CHROMIUM=path")
