"""Fetches FER2013 from Kaggle with your own account: python tools/data.py FILE

Credentials are Kaggle's usual ones: the variables KAGGLE_API_TOKEN, or KAGGLE_USERNAME and KAGGLE_KEY, or
~/.kaggle/kaggle.json (kaggle.com, Settings, API, Create New Token). They are sent to Kaggle only, not to the storage
that it redirects to.

An interrupted download goes on where it ended. The zip is kept as it is, and only if its MD5 is the one that the
storage states and every member's CRC is right; its SHA-256 is printed.
"""
import base64
import hashlib
import json
import os
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

URL = "https://www.kaggle.com/api/v1/datasets/download/msambare/fer2013"
CHUNK = 1 << 20


class Failure(Exception):
    """What went wrong and what to do, in one line."""


def credentials(environ=os.environ, home=None):
    """Returns the Authorization header."""
    if token := environ.get("KAGGLE_API_TOKEN"):
        return "Bearer " + token
    user, key = environ.get("KAGGLE_USERNAME"), environ.get("KAGGLE_KEY")
    file = Path(environ.get("KAGGLE_CONFIG_DIR") or (home or Path.home()) / ".kaggle") / "kaggle.json"
    if not (user and key) and file.exists():
        try:
            saved = json.loads(file.read_text())
            user, key = saved["username"], saved["key"]
        except (ValueError, KeyError, TypeError):
            raise Failure(f"{file} is not the file that Kaggle gives: "
                          "create a new token (kaggle.com, Settings, API)") from None
    if not (user and key):
        raise Failure("no Kaggle credentials: create a token (kaggle.com, Settings, API) and "
                      "save it as ~/.kaggle/kaggle.json, or set KAGGLE_USERNAME and KAGGLE_KEY; "
                      "or give the path of what you have as FER_DATA")
    return "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()


def md5_of(headers):
    """Returns the hexadecimal MD5 that Google's storage states, or None."""
    for value in headers.get_all("x-goog-hash") or []:
        for part in value.split(","):
            name, _, digest = part.strip().partition("=")
            if name == "md5":
                return base64.b64decode(digest).hex()
    return None


def digest(path, algorithm):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def download(url, part, authorization, report=lambda done, total: None):
    """Appends to the file part what it lacks, and returns the whole's MD5 if the server states it."""
    start = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url)
    request.add_unredirected_header("Authorization", authorization)  # not for the host that Kaggle redirects to
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        response = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as err:
        if err.code == 416 and start:  # nothing is missing, or the file is another one now: the checks tell
            return md5_of(err.headers)
        if err.code in (401, 403):
            raise Failure(f"Kaggle refuses the credentials ({err.code}): create a new token, "
                          "and accept the data set's terms on kaggle.com/datasets/msambare/fer2013") from None
        raise Failure(f"the download fails with status {err.code}: try again later") from None
    with response:
        if response.status != 206:
            start = 0
        total = start + int(response.headers.get("Content-Length") or 0)
        with open(part, "ab" if start else "wb") as file:
            while chunk := response.read(CHUNK):
                file.write(chunk)
                start += len(chunk)
                report(start, total)
        if start < total:
            raise Failure(f"the connection ended after {start} of {total} bytes: run it again, it goes on from there")
        return md5_of(response.headers)


def check(part, md5):
    """Raises a Failure, and removes the file, unless it is the whole zip."""
    wrong = None
    if md5 and digest(part, "md5") != md5:
        wrong = "its MD5 is not the one that the server states"
    else:
        try:
            with zipfile.ZipFile(part) as archive:
                if bad := archive.testzip():
                    wrong = f"{bad} is damaged"
        except zipfile.BadZipFile:
            wrong = "it is no zip file"
    if wrong:
        part.unlink()
        raise Failure(f"the download is broken ({wrong}) and was removed: run it again")


def fetch(url, target, authorization, report=lambda done, total: None):
    """Downloads the zip unless it is there, and returns its SHA-256."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        check(part, download(url, part, authorization, report))
        os.replace(part, target)
    return digest(target, "sha256")


def main():
    target = Path(sys.argv[1])

    def report(done, total):
        if sys.stderr.isatty():
            print(f"\rdata: {done >> 20} of {total >> 20} MiB ", end="", file=sys.stderr, flush=True)

    try:
        sha256 = fetch(URL, target, "" if target.exists() else credentials(), report)
    except (Failure, OSError) as err:
        sys.exit(f"data: {err}")
    print(f"data: {target} sha256={sha256}\ndata: use it with FER_DATA={target} make report, or -source {target}")


if __name__ == "__main__":
    main()
