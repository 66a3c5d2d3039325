//go:build linux || darwin

package dataset

import (
	"os"
	"syscall"
	"unsafe"

	"ferlab/fer"
)

// chunkImages is the number of images that are mapped at once: 38 MB, a multiple of every page's size.
const chunkImages = 1 << 14

// mapped is a file of images without a name, mapped into memory.
type mapped struct {
	file  *os.File
	used  int64   // Bytes.
	chunk []uint8 // The last mapped part; room for more images at its end.
}

// newMapped makes an empty file in the folder that TMPDIR names, or else in /var/tmp, which is on a disk where /tmp
// may be memory.
func newMapped() (*mapped, error) {
	dir := os.Getenv("TMPDIR")
	if info, err := os.Stat("/var/tmp"); dir == "" && err == nil && info.IsDir() {
		dir = "/var/tmp"
	}
	file, err := os.CreateTemp(dir, "ferlab-images-")
	if err != nil {
		return nil, err
	}
	return &mapped{file: file}, os.Remove(file.Name())
}

// add writes an image to the file and returns it there. It is written as a file is, not through memory: a full disk is
// an error then, and no signal that ends the program.
func (f *mapped) add(m *fer.Image) (*fer.Image, error) {
	if _, err := f.file.WriteAt(m[:], f.used); err != nil {
		return nil, err
	}
	if len(f.chunk) == 0 {
		var err error
		f.chunk, err = syscall.Mmap(int(f.file.Fd()), f.used, chunkImages*fer.Pixels,
			syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
		if err != nil {
			return nil, err
		}
		// Batches take images from anywhere: what lies around one isn't worth reading.
		if err := syscall.Madvise(f.chunk, syscall.MADV_RANDOM); err != nil {
			return nil, err
		}
	}
	kept := (*fer.Image)(unsafe.Pointer(unsafe.SliceData(f.chunk)))
	f.chunk, f.used = f.chunk[fer.Pixels:], f.used+fer.Pixels
	return kept, nil
}
