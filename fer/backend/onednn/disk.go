package onednn

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// ProgramsEnv is the environment variable that names the folder of compiled programs, or turns it off:
// FERLAB_PROGRAMS=off.
const ProgramsEnv = "FERLAB_PROGRAMS"

// Bounds of the folder of compiled programs; those not used for longest go first.
const (
	mostFiles = 1000
	mostBytes = 256 << 20
)

// A disk keeps compiled programs for other processes: a cell of a notebook, a resumed training, a test. The real CNN's
// training step takes 2.6 s to compile and 0.1 s to load. A file's name stands for everything that XLA's compiler looks
// at: the program, its options, the plugin, the processor's instructions, the number of processors, XLA's flags. A file
// that isn't whole, or that XLA doesn't accept, is as good as none. What goes wrong with the folder is no error: then
// programs are compiled.
type disk struct {
	dir string
	sum [sha256.Size]byte // All but program and options, hashed.
}

// stored is nil if no programs are kept.
var stored *disk

var loads atomic.Int64 // Programs that were loaded in this process.

// openDisk returns nil if the folder is turned off or can't be made. plugin is the file of XLA's plugin.
func openDisk(plugin string) *disk {
	dir, flags := os.Getenv(ProgramsEnv), os.Getenv("XLA_FLAGS")
	inFile := flags != "" && !strings.HasPrefix(flags, "-")
	if dir == "off" || inFile || strings.Contains(flags, "xla_dump") { // A dump is written by the compiler.
		return nil
	}
	if dir == "" {
		caches, err := os.UserCacheDir()
		if err != nil {
			return nil
		}
		dir = filepath.Join(caches, "ferlab", "programs")
	}
	file, err := os.Stat(plugin)
	if err != nil || os.MkdirAll(dir, 0o700) != nil {
		return nil
	}
	about := fmt.Sprint(filepath.Base(plugin), file.Size(), file.ModTime().UnixNano(), runtime.NumCPU(), flags,
		instructions())
	return &disk{dir, sha256.Sum256([]byte(about))}
}

// instructions is the kind and the flags of the first processor.
func instructions() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(info), "\n\n")
	var about []string
	for _, line := range strings.Split(first, "\n") {
		name, _, _ := strings.Cut(line, "\t")
		if name == "model name" || name == "flags" || name == "cpu family" || name == "model" || name == "stepping" {
			about = append(about, line)
		}
	}
	return strings.Join(about, "\n")
}

// Stored says in one line where compiled programs are kept for other processes, or that they aren't.
func Stored() string {
	if stored == nil {
		return "are not kept"
	}
	entries, _ := os.ReadDir(stored.dir)
	return fmt.Sprintf("are kept in %s, %d so far; %s=off keeps none", stored.dir, len(entries), ProgramsEnv)
}

func (d *disk) path(k key) string { return filepath.Join(d.dir, hex.EncodeToString(k[:])) }

// read returns a program, or nil if there is none.
func (d *disk) read(k key) []byte {
	if d == nil {
		return nil
	}
	file, err := os.ReadFile(d.path(k))
	if err != nil {
		return nil
	}
	if len(file) < sha256.Size || sha256.Sum256(file[sha256.Size:]) != [sha256.Size]byte(file) {
		d.drop(k)
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(d.path(k), now, now)
	return file[sha256.Size:]
}

// write keeps a program. Others may do the same at the same time.
func (d *disk) write(k key, program []byte) {
	if d == nil {
		return
	}
	sum := sha256.Sum256(program)
	file, err := os.CreateTemp(d.dir, ".new-")
	if err != nil {
		return
	}
	_, err1 := file.Write(sum[:])
	_, err2 := file.Write(program)
	if err3 := file.Close(); errors.Join(err1, err2, err3) != nil || os.Rename(file.Name(), d.path(k)) != nil {
		_ = os.Remove(file.Name())
		return
	}
	d.trim(mostFiles, mostBytes)
}

func (d *disk) drop(k key) { _ = os.Remove(d.path(k)) }

// trim removes the files that were not used for longest, until the others are so few and small.
func (d *disk) trim(files int, bytes int64) {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return
	}
	var all []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			all = append(all, info)
		}
	}
	slices.SortFunc(all, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for i, info := range all {
		if bytes -= info.Size(); i >= files || bytes < 0 {
			_ = os.Remove(filepath.Join(d.dir, info.Name()))
		}
	}
}
