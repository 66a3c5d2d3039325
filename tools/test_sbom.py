"""The bill of materials names what is pinned now."""
import json
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Bill(unittest.TestCase):
    def setUp(self):
        bill = json.loads((ROOT / "docs/sbom.cdx.json").read_text(encoding="utf-8"))
        self.listed = {(c["name"], c["version"]) for c in bill["components"]}

    def test_go(self):
        direct = re.findall(r"^\t(\S+) (v\S+)$", (ROOT / "go.mod").read_text(encoding="utf-8"), re.M)
        self.assertGreater(len(direct), 5)
        self.assertEqual(set(direct) - self.listed, set(), "run make sbom")

    def test_python(self):
        files = [*(ROOT / "tools").glob("*.txt"), *(ROOT / "experiments/bench/peers").glob("*.txt")]
        pinned = {found for f in files
                  for found in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)", f.read_text(encoding="utf-8"), re.M)}
        self.assertGreater(len(pinned), 100)
        self.assertEqual(pinned - self.listed, set(), "run make sbom")


if __name__ == "__main__":
    unittest.main()
