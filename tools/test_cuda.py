"""Tests cuda.py with a feigned driver and a feigned JAX, without network."""
import contextlib
import hashlib
import io
import os
import re
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import cuda


class TestCUDA(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.root = Path(tmp.name).resolve()
        self.links, self.bin = self.root / "go-xla/nvidia", self.root / "bin"
        self.bin.mkdir()
        for change in [mock.patch.object(cuda, "LINKS", self.links), mock.patch.object(cuda, "DEVICES", "/nowhere*"),
                       mock.patch.object(cuda, "TARGET", self.root / "cuda"),
                       mock.patch.object(cuda.platform, "system", lambda: "Linux"),
                       mock.patch.object(cuda.platform, "machine", lambda: "x86_64"),
                       mock.patch.dict(os.environ, {"PATH": str(self.bin) + ":/bin:/usr/bin"})]:
            change.start()
            self.addCleanup(change.stop)
        os.environ.pop("FERLAB_CUDA", None)

    def drive(self, answer="NVIDIA-SMI 580"):
        smi = self.bin / "nvidia-smi"
        smi.write_text(f"#!/bin/sh\necho '{answer}'\n")
        smi.chmod(0o755)

    def jax(self, folder):
        """Makes a site-packages with what cuda.py looks for."""
        packages = self.root / folder
        for file in [cuda.PLUGIN, "nvidia/cu13/lib/libcublas.so", "nvidia/cu13/bin/ptxas",
                     "nvidia/cudnn/lib/libcudnn.so"]:
            (packages / file).parent.mkdir(parents=True, exist_ok=True)
            (packages / file).write_text(file)
        return packages

    def run_main(self):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            cuda.main()
        return out.getvalue(), err.getvalue()

    def test_without_driver(self):
        os.environ["FERLAB_CUDA"] = str(self.jax("jax"))
        self.assertEqual(self.run_main(), ("", ""))
        self.drive("no devices were found")
        self.assertEqual(self.run_main(), ("", ""))
        self.assertFalse(self.links.exists())

    def test_existing_jax(self):
        self.drive()
        packages = self.jax("venv/lib/python3.12/site-packages")
        for named in [packages, self.root / "venv"]:
            os.environ["FERLAB_CUDA"] = str(named)
            out, err = self.run_main()
            self.assertEqual(err, "")
            self.assertIn(f"LD_LIBRARY_PATH=\"{packages}/nvidia/cu13/lib:{packages}/nvidia/cudnn/lib$", out)
            self.assertIn(f"PATH=\"$PATH:{packages}/nvidia/cu13/bin", out)
            # go-xla finds the plugin, and the plugin's RPATH, $ORIGIN/../nvidia/cu13/lib, its libraries.
            self.assertEqual((self.links / cuda.LINK).read_text(), cuda.PLUGIN)
            origin = Path(os.path.normpath(self.links / "../nvidia/cu13/lib"))
            self.assertTrue((origin / "libcublas.so").is_file())

    def test_another_jax_replaces_links(self):
        self.drive()
        (self.jax("one") / "nvidia/nccl/lib").mkdir(parents=True)
        two = self.jax("two")
        for named in ["one", "two"]:
            os.environ["FERLAB_CUDA"] = str(self.root / named)
            self.run_main()
        self.assertEqual({p.name: p.resolve() for p in self.links.iterdir()}, {
            cuda.LINK: two / cuda.PLUGIN, "cu13": two / "nvidia/cu13", "cudnn": two / "nvidia/cudnn"})

    def test_remedies(self):
        self.drive()
        os.environ["FERLAB_CUDA"] = str(self.root)
        out, err = self.run_main()
        self.assertEqual((out, err.count("\n")), ("", 1))
        self.assertIn("holds no jax_plugins", err)
        os.environ["FERLAB_CUDA"] = str(self.jax("jax"))
        self.links.mkdir(parents=True)
        (self.links / cuda.LINK).write_text("mine")
        self.assertIn("is there and no link", self.run_main()[1])
        self.assertEqual((self.links / cuda.LINK).read_text(), "mine")

    def test_installs_once(self):
        self.drive()
        calls, run = [], cuda.subprocess.run

        def feigned(command, **options):
            if "pip" not in command:
                return run(command, **options)
            calls.append(command)
            self.jax("cuda")
        with mock.patch.object(cuda.subprocess, "run", feigned):
            self.assertEqual(self.run_main()[1], "")
            self.assertEqual(self.run_main()[1], "")
        self.assertEqual(len(calls), 1)
        self.assertIn("--require-hashes", calls[0])
        digest = hashlib.sha256(cuda.REQUIREMENTS.read_bytes()).hexdigest()
        self.assertEqual((self.root / "cuda/installed").read_text(), digest)

    def test_requirements(self):
        text = cuda.REQUIREMENTS.read_text().replace("\\\n", "")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        for line in lines:
            self.assertRegex(line, r"^[a-z0-9-]+==[0-9.]+ +--hash=sha256:[0-9a-f]{64}")
        names = {re.match("[a-z0-9-]+", line)[0] for line in lines}
        parts = "cublas cudnn-cu13 cufft cusolver cusparse nccl-cu13 nvjitlink cuda-nvrtc nvshmem-cu13 nvvm cuda-nvcc"
        self.assertLessEqual({"jax-cuda13-pjrt"} | {"nvidia-" + part for part in parts.split()}, names)


if __name__ == "__main__":
    unittest.main()
