package run

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ferlab/internal/atomicfile"
	"ferlab/internal/bounded"
)

// The most that is read of a file, in bytes; larger ones are refused. The original report's nets take 8 MB, their
// predictions 0.7 MB.
var sizeLimits = map[string]int64{
	configFile: 1 << 20, recordFile: 1 << 20, stateFile: 64 << 20, sumsFile: 1 << 20,
	historyFile: 64 << 20, predictionsFile: 256 << 20, weightsFile: 1 << 30,
}

// readFile reads a run's file up to its limit.
func readFile(files fs.FS, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := bounded.ReadAll(f, sizeLimits[name])
	if err != nil {
		err = fmt.Errorf("reading %s: %w", name, err)
	}
	return data, err
}

func sum(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

func sumOfFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// writeSums writes the checksums of the files of a flat folder, in the format of sha256sum: sha256sum -c SHA256SUMS
// checks them.
func writeSums(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	for _, e := range entries {
		s, err := sumOfFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "%s  %s\n", s, e.Name())
	}
	return atomicfile.WriteBytes(filepath.Join(dir, sumsFile), out.Bytes())
}

// verifySums checks a folder's files against its checksums; a file that they don't list, or that is missing, is an
// error, too.
func verifySums(dir string) error {
	data, err := readFile(os.DirFS(dir), sumsFile)
	if err != nil {
		return err
	}
	listed := map[string]bool{sumsFile: true}
	for line := range strings.Lines(string(data)) {
		want, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok || name != filepath.Base(name) {
			return fmt.Errorf("%s is damaged", sumsFile)
		}
		listed[name] = true
		if got, err := sumOfFile(filepath.Join(dir, name)); err != nil {
			return err
		} else if got != want {
			return fmt.Errorf("%s is damaged: its SHA-256 is not the one in %s", name, sumsFile)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !listed[e.Name()] {
			return fmt.Errorf("%s is not listed in %s", e.Name(), sumsFile)
		}
	}
	return nil
}

// errDamaged says that a run's file is not what was written, and what to do.
var errDamaged = errors.New("the file is damaged: its SHA-256 is not the one that " + recordFile +
	" records; restore it from a copy, or train again and replace the run")

// seal records the checksums of a run's files and its own, which is that of the record with its own left empty.
func (r *Record) seal(dir string) ([]byte, error) {
	r.Checksums = map[string]string{recordFile: ""}
	for _, name := range []string{configFile, historyFile, predictionsFile, weightsFile} {
		var err error
		if r.Checksums[name], err = sumOfFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	data, err := marshal(r)
	if err != nil {
		return nil, err
	}
	r.Checksums[recordFile] = sum(data)
	return marshal(r)
}

// check compares a file's content with its checksum. Runs recorded before there were checksums have none.
func (r *Record) check(name string, data []byte) error {
	if r.Checksums == nil {
		return nil
	}
	want := r.Checksums[name]
	if name == recordFile {
		data = bytes.Replace(data, []byte(want), nil, 1)
	}
	if len(want) != 2*sha256.Size || sum(data) != want {
		return errDamaged
	}
	return nil
}
