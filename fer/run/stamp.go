package run

import (
	"os"
	"path/filepath"

	"ferlab/fer/dataset"
	"ferlab/internal/atomicfile"
)

// stampFile holds what tells quickly, on this machine, that a run's source is unchanged: see [dataset.Stamp]. It is no
// part of the run's record: without it the source is read and compared.
const stampFile = "source.stamp"

// writeStamp notes the source as it is now. A stamp that can't be made or written only makes the next opening slower.
func writeStamp(dir, source string, options *Options) {
	if options.Data != nil {
		return
	}
	if stamp, err := dataset.Stamp(source); err == nil {
		atomicfile.WriteBytes(filepath.Join(dir, stampFile), []byte(stamp+"\n"))
	}
}

// sameStamp says that the source is what it was when the folder's stamp was written.
func sameStamp(dir, source string) bool {
	noted, err := os.ReadFile(filepath.Join(dir, stampFile))
	if err != nil {
		return false
	}
	stamp, err := dataset.Stamp(source)
	return err == nil && string(noted) == stamp+"\n"
}
