package bounded

import (
	"archive/zip"
	"fmt"
	"io"
)

// MaxArchive bounds the bytes of a zip, and MaxDirectory what is read of it to list it: a usual FER2013's has 2.6 MB
// for 32,298 files.
const (
	MaxArchive   = 4 << 30
	MaxDirectory = 32 << 20
)

// ErrLarge says that a zip is too large for [OpenZip].
var ErrLarge = fmt.Errorf("the zip has more than %d bytes, or a directory of more than %d", MaxArchive, MaxDirectory)

// OpenZip opens an archive unless it is too large to list, which it says by [ErrLarge].
func OpenZip(f io.ReaderAt, size int64) (*zip.Reader, error) {
	if size > MaxArchive {
		return nil, ErrLarge
	}
	l := &listing{ReaderAt: f, left: MaxDirectory}
	archive, err := zip.NewReader(l, size)
	l.done = true
	return archive, err
}

// listing reads an archive, and at most left bytes until it is done with listing it.
type listing struct {
	io.ReaderAt
	left int
	done bool
}

func (l *listing) ReadAt(p []byte, at int64) (int, error) {
	if !l.done {
		if l.left -= len(p); l.left < 0 {
			return 0, ErrLarge
		}
	}
	return l.ReaderAt.ReadAt(p, at)
}
