"""Packs a zip of many small pictures losslessly: the bytes that all begin with, such as a JPEG's tables, are kept once.

    python3 pack.py pack fer2013.zip fer2013.pack
    python3 pack.py unpack fer2013.pack fer2013.zip

Unpacking gives the same files under the same names, in a zip without compression. A packed file is MAGIC, the length of
its description (4 bytes), the description, the rest of every file, and the SHA-256 of all that. The description, packed
by LZMA, is the common beginning's length (4 bytes), that beginning, and a line for each file: the size of its rest,
1 if the beginning belongs before it, else 0, and its name.
"""
import collections
import hashlib
import lzma
import os
import struct
import sys
import zipfile

MAGIC = b"ferlab-pack-1\n"
ALIKE = 16  # Files that agree in so many bytes are of one kind; the beginning is that of the commonest.


def write(path, pieces):
    """Writes the file in one step: what is there is there whole."""
    with open(path + ".part", "wb") as out:
        for piece in pieces:
            out.write(piece)
    os.replace(path + ".part", path)


def pack(source, target):
    """Packs the zip source into target and returns the number of files."""
    with zipfile.ZipFile(source) as archive:
        names = sorted(i.filename for i in archive.infolist() if not i.is_dir())
        if len(set(names)) != len(names) or any("\n" in n for n in names):
            raise ValueError(f"{source}: a name is there twice, or has a line break")
        files = [archive.read(n) for n in names]
    (kind, _), = collections.Counter(f[:ALIKE] for f in files).most_common(1) or [(b"", 0)]
    head = os.path.commonprefix([f for f in files if f[:ALIKE] == kind])
    lines, rests = [], []
    for name, file in zip(names, files):
        has = file.startswith(head)
        rests.append(file[len(head):] if has else file)
        lines.append(f"{len(rests[-1])} {int(has)} {name}")
    description = lzma.compress(struct.pack("<I", len(head)) + head + "\n".join(lines).encode(), preset=9)
    pieces = [MAGIC, struct.pack("<I", len(description)), description, *rests]
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    write(target, [*pieces, digest.digest()])
    return len(names)


def unpack(source, target):
    """Unpacks source into the zip target and returns the number of files. A damaged source is an error."""
    with open(source, "rb") as file:
        whole = file.read()
    if not whole.startswith(MAGIC) or hashlib.sha256(whole[:-32]).digest() != whole[-32:]:
        raise ValueError(f"{source} is no whole packed file: copy it again")
    at = len(MAGIC) + 4
    length, = struct.unpack("<I", whole[at - 4:at])
    description = lzma.decompress(whole[at:at + length])
    at += length
    size, = struct.unpack("<I", description[:4])
    head, lines = description[4:4 + size], description[4 + size:].decode().split("\n")
    with zipfile.ZipFile(target + ".part", "w") as archive:
        for line in filter(None, lines):
            size, has, name = line.split(" ", 2)
            archive.writestr(name, (head if has == "1" else b"") + whole[at:at + int(size)])
            at += int(size)
    os.replace(target + ".part", target)
    return len(lines)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("pack", "unpack"):
        sys.exit(__doc__)
    try:
        print((pack if sys.argv[1] == "pack" else unpack)(sys.argv[2], sys.argv[3]), "files")
    except (OSError, ValueError, zipfile.BadZipFile) as err:
        sys.exit(f"pack: {err}")
