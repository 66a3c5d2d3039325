"""Tests data.py against a local server with a small zip."""
import base64
import hashlib
import http.server
import io
import json
import tempfile
import threading
import unittest
import zipfile
from pathlib import Path

import data


def small_zip():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("train/happy/Training_1.jpg", bytes(range(256)) * 40)
    return buffer.getvalue()


class Storage(http.server.BaseHTTPRequestHandler):
    """Serves the zip at /zip, with ranges; /kaggle checks the credentials and redirects there."""
    content, cut, md5, seen = b"", None, None, []

    def do_GET(self):
        Storage.seen.append((self.path, self.headers.get("Authorization"), self.headers.get("Range")))
        if self.path == "/kaggle":
            if self.headers.get("Authorization") != "Bearer good":
                self.send_error(403)
                return
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{self.server.server_port}/zip")
            self.end_headers()
            return
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        if start >= len(self.content):
            self.send_response(416)
            self.send_header("x-goog-hash", f"crc32c=AAAAAA==,md5={self.md5}")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(self.content) - start))
        self.send_header("x-goog-hash", "crc32c=AAAAAA==")
        self.send_header("x-goog-hash", f"md5={self.md5}")
        self.end_headers()
        self.wfile.write(self.content[start:self.cut])

    def log_message(self, *args):
        pass


class TestData(unittest.TestCase):
    def setUp(self):
        Storage.content, Storage.cut, Storage.seen = small_zip(), None, []
        Storage.md5 = base64.b64encode(hashlib.md5(Storage.content).digest()).decode()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Storage)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/kaggle"
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.folder = Path(folder.name)
        self.target = self.folder / "data" / "fer2013.zip"
        self.part = self.folder / "data" / "fer2013.zip.part"

    def fetch(self, token="Bearer good"):
        return data.fetch(self.url, self.target, token)

    def test_fetches_once(self):
        self.assertEqual(self.fetch(), hashlib.sha256(Storage.content).hexdigest())
        self.assertEqual(self.target.read_bytes(), Storage.content)
        self.assertEqual([p.name for p in self.target.parent.iterdir()], ["fer2013.zip"])
        # The credentials go to Kaggle, not to its storage.
        self.assertEqual([(path, auth) for path, auth, _ in Storage.seen], [("/kaggle", "Bearer good"), ("/zip", None)])
        self.fetch()
        self.assertEqual(len(Storage.seen), 2)

    def test_resumes(self):
        Storage.cut = 1000
        with self.assertRaises((data.Failure, OSError, Exception)):
            self.fetch()
        self.assertEqual(self.part.stat().st_size, 1000)
        self.assertFalse(self.target.exists())
        Storage.cut = None
        self.fetch()
        self.assertEqual(self.target.read_bytes(), Storage.content)
        self.assertEqual(Storage.seen[-1][2], "bytes=1000-")

    def test_complete_part(self):
        self.part.parent.mkdir()
        self.part.write_bytes(Storage.content)
        self.fetch()
        self.assertEqual(self.target.read_bytes(), Storage.content)

    def test_broken_download_is_removed(self):
        for content, md5 in ((Storage.content, "AAAA"), (b"<html>", None)):
            Storage.content = content
            Storage.md5 = md5 or base64.b64encode(hashlib.md5(content).digest()).decode()
            with self.assertRaisesRegex(data.Failure, "broken"):
                self.fetch()
            self.assertFalse(self.part.exists() or self.target.exists())

    def test_refused(self):
        with self.assertRaisesRegex(data.Failure, "refuses the credentials"):
            self.fetch("Bearer bad")

    def test_credentials(self):
        self.assertEqual(data.credentials({"KAGGLE_API_TOKEN": "t"}), "Bearer t")
        basic = "Basic " + base64.b64encode(b"u:k").decode()
        self.assertEqual(data.credentials({"KAGGLE_USERNAME": "u", "KAGGLE_KEY": "k"}), basic)
        with self.assertRaisesRegex(data.Failure, "no Kaggle credentials"):
            data.credentials({}, self.folder)
        file = self.folder / ".kaggle" / "kaggle.json"
        file.parent.mkdir()
        file.write_text("[]")
        with self.assertRaisesRegex(data.Failure, "create a new token"):
            data.credentials({}, self.folder)
        file.write_text(json.dumps({"username": "u", "key": "k"}))
        self.assertEqual(data.credentials({}, self.folder), basic)


if __name__ == "__main__":
    unittest.main()
