package dataset

import (
	"fmt"
	"sync"

	"ferlab/fer"
)

// inMemory is how many images of a source stay in the program's own memory: 64 Ki, 151 MB. FER2013 has about half.
var inMemory = 1 << 16

// store keeps the images of a source. Those beyond the first inMemory lie in a file that is mapped into memory: the
// system keeps as many of them in memory as it has room for, and reads the others from the disk when they are used. The
// file has no name and ends with the program.
type store struct {
	mu    sync.Mutex
	taken int
	file  *mapped
	err   error // The first failure.
}

// keep returns the image, or its copy in the file. Once it has failed it keeps failing.
func (s *store) keep(m *fer.Image) (*fer.Image, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken++; s.taken <= inMemory || s.err != nil {
		return m, s.err
	}
	if s.file == nil {
		s.file, s.err = newMapped()
	}
	if s.err == nil {
		m, s.err = s.file.add(m)
	}
	if s.err != nil {
		s.err = fmt.Errorf("the source has more than %d images, and those beyond can't be laid into a temporary file "+
			"(TMPDIR names its folder): %w", inMemory, s.err)
	}
	return m, s.err
}
