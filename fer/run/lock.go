package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// folderLock keeps a second training out of a run folder. The kernel holds it, so that it ends with its process,
// however that ends; the file "lock" only says who that is, and stays.
type folderLock struct{ file *flock.Flock }

// ErrBusy is returned (wrapped) by [Train] while another training has the folder.
var ErrBusy = errors.New("is being trained")

// owner is what the lock file says.
type owner struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

func lockFolder(dir string) (*folderLock, error) {
	path := filepath.Join(dir, lockFile)
	file := flock.New(path, flock.SetPermissions(0o644))
	ok, err := file.TryLock()
	if err != nil {
		return nil, fmt.Errorf("%s can't be locked: %w; a training needs a folder that it can write", dir, err)
	}
	if !ok {
		by := "another process"
		var o owner
		if data, err := os.ReadFile(path); err == nil && json.Unmarshal(data, &o) == nil {
			by = fmt.Sprintf("process %d on %q since %s", o.PID, o.Host, o.Since.Format(time.RFC3339))
		}
		return nil, fmt.Errorf("%s %w by %s: wait for it, end it, or give another folder", dir, ErrBusy, by)
	}
	l := &folderLock{file}
	host, _ := os.Hostname() // "" if unknown.
	data, err := json.Marshal(owner{os.Getpid(), host, time.Now().UTC().Truncate(time.Second)})
	if err == nil {
		err = os.WriteFile(path, append(data, '\n'), 0o644)
	}
	if err != nil {
		l.release()
		return nil, fmt.Errorf("locking %s: %w", dir, err)
	}
	return l, nil
}

// release lets others in; a nil lock has nothing to release.
func (l *folderLock) release() {
	if l != nil {
		l.file.Unlock() // Whatever it says, the lock ends with the process.
	}
}
