"""Tests the bundle in an empty folder, with an empty HOME and, where the system can take it away, without network."""
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import zipfile
from pathlib import Path

import bundle

CPU = sorted(bundle.LIBRARIES.glob("pjrt_c_api_cpu_*_plugin.so"))
ALONE = ["unshare", "-n"] if subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode == 0 else []
TRAIN = ["train", "-preset", "quick", "-set", "cnn.filters=[4]", "-set", "cnn.dense=[8]", "-set", "epochs=6", "-set",
         "batch_size=16", "-source", "synthetic:train=280,test=70"]


class TestPack(unittest.TestCase):
    def test_lossless(self):
        """Every file comes back, with or without the common beginning, also an empty one; damage is found."""
        with tempfile.TemporaryDirectory() as tmp:
            head = bytes(range(200)) + b"\xff\xda"
            files = {f"train/happy/{i}.jpg": head + os.urandom(i) for i in range(300)}
            files |= {"read me.txt": b"about", "empty": b"", "other.jpg": head[:10] + b"x", "train/ä b": head}
            source, packed, back = f"{tmp}/a.zip", f"{tmp}/a.pack", f"{tmp}/b.zip"
            with zipfile.ZipFile(source, "w") as archive:
                archive.mkdir("train")
                for name, content in files.items():
                    archive.writestr(name, content)
            self.assertEqual(bundle.pack.pack(source, packed), len(files))
            self.assertLess(Path(packed).stat().st_size, sum(map(len, files.values())) - 150 * 299)
            bundle.pack.unpack(packed, back)
            with zipfile.ZipFile(back) as archive:
                self.assertEqual({n: archive.read(n) for n in archive.namelist()}, files)
            whole = bytearray(Path(packed).read_bytes())
            whole[len(whole) // 2] ^= 1
            Path(packed).write_bytes(whole)
            with self.assertRaisesRegex(ValueError, "no whole packed file"):
                bundle.pack.unpack(packed, back)


@unittest.skipUnless(CPU, "XLA for a CPU isn't installed")
@unittest.skipIf(list(Path("/dev").glob("nvidia*")), "an NVIDIA driver is here: the test feigns one")
class TestBundle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = Path(tempfile.mkdtemp(prefix="bundle"))
        cls.addClassCleanup(shutil.rmtree, cls.root)
        archive = cls.root / "ferlab.tar.xz"
        bundle.bundle(archive, programs=("train", "devices"), preset=0)
        with tarfile.open(archive) as tar:
            tar.extractall(cls.root, filter="data")
        cls.home, cls.bin = cls.root / "home", cls.root / "smi"
        cls.home.mkdir()
        cls.bin.mkdir()
        (cls.bin / "nvidia-smi").write_text("#!/bin/sh\necho NVIDIA-SMI\n")
        (cls.bin / "nvidia-smi").chmod(0o755)

    def ferlab(self, *arguments, limit=None, **env):
        """Runs the bundle's script with nothing of this process's environment; limit ends it as timeout does."""
        env = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", **env}
        process = subprocess.Popen([*ALONE, sys.executable, str(self.root / "ferlab/ferlab.py"), *arguments], env=env,
                                   cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            out, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.terminate()
            out, _ = process.communicate()
        return process.returncode, out

    def weights(self, name):
        return (self.root / name / "weights.safetensors").read_bytes()

    def test_pieces_on_cpu(self):
        """A training in pieces on the CPU, each ended by SIGTERM, has the weights of an undisturbed one."""
        # Every piece compiles anew, so that half of the first training's time ends one.
        cpu = {"PJRT_PLUGIN_LIBRARY_PATH": str(CPU[0].parent), "FERLAB_PROGRAMS": "off"}
        code, out = self.ferlab("devices", **cpu)
        self.assertEqual(code, 0, out)
        self.assertIn("training uses: xla:cpu", out)
        begin = time.monotonic()
        code, out = self.ferlab(*TRAIN, "-out", "whole", **cpu)
        self.assertEqual(code, 0, out)
        pieces, limit = 0, (time.monotonic() - begin) / 2
        while True:
            code, out = self.ferlab(*TRAIN, "-out", "pieces", limit=limit, **cpu)
            if code == 0:
                break
            self.assertRegex(out, "interrupted|^$")
            pieces, limit = pieces + 1, limit * 1.4
            self.assertLess(pieces, 30)
        self.assertGreater(pieces, 0)
        self.assertEqual(self.weights("whole"), self.weights("pieces"))

    def test_posing_as_cuda(self):
        """With a driver and a JAX, both feigned, the training runs on what its packages hold as CUDA's plugin."""
        packages = self.root / "jax/lib/python3.12/site-packages"
        for folder in ["jax_plugins/xla_cuda13", "nvidia/cu13/lib", "nvidia/cu13/bin"]:
            (packages / folder).mkdir(parents=True)
        (packages / "jax_plugins/xla_cuda13/xla_cuda_plugin.so").symlink_to(CPU[0])
        path = {"PATH": f"{self.bin}:/usr/bin:/bin"}
        code, out = self.ferlab("devices", **path)
        self.assertEqual(code, 0, out)
        self.assertIn("FERLAB_CUDA=path", out)
        self.assertIn("training uses: go", out)
        code, out = self.ferlab(*TRAIN, "-out", "posing", "-set", "epochs=1", FERLAB_CUDA=str(self.root / "jax"),
                                **path)
        self.assertEqual(code, 0, out)
        record = (self.root / "posing/run.json").read_text()
        self.assertIn('"backend": "xla:cuda on ', record)
        self.assertIn('"arithmetic": "TF32; deterministic"', record)

    def test_usage(self):
        code, out = self.ferlab()
        self.assertEqual(code, 1)
        self.assertIn("Programs: devices, train", out)


if __name__ == "__main__":
    unittest.main()
