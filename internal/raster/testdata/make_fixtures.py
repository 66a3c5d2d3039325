"""Writes the WebP files of the tests, which Go can't write: python make_fixtures.py. Needs pillow==13.0.0.

turned-ORIENTATION.webp is a picture of 24×16 pixels, stored so that EXIF's orientation turns it upright: white, with
the upper left quarter black.
"""
from pathlib import Path

from PIL import Image, ImageOps

HERE = Path(__file__).parent
# The transposition that stores an upright picture for each orientation: the inverse of what turns it upright.
STORED = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}

upright = Image.new("RGB", (24, 16), "white")
upright.paste("black", (0, 0, 12, 8))
for orientation, how in STORED.items():
    stored = upright if how is None else upright.transpose(how)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = HERE / f"turned-{orientation}.webp"
    stored.save(path, lossless=True, exif=exif)
    assert ImageOps.exif_transpose(Image.open(path)).tobytes() == upright.tobytes()
frames = [Image.new("RGB", (4, 4), colour) for colour in ("white", "black")]
frames[0].save(HERE / "animated.webp", save_all=True, append_images=frames[1:], duration=100)
