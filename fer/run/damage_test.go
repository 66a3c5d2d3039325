package run_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer/run"
	"ferlab/fer/run/runtest"
)

func copied(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "run")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// change rewrites a file of a folder.
func change(t *testing.T, path string, how func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, how(data), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func flip(data []byte) []byte { data[len(data)/2] ^= 1; return data }
func half(data []byte) []byte { return data[:len(data)/2] }
func none([]byte) []byte      { return nil }

var damages = map[string]func([]byte) []byte{"bit flipped": flip, "truncated": half, "emptied": none}

// Whatever happens to one file of a run or of its checkpoints, the run is refused, or resumed to the same bits.
func TestDamage(t *testing.T) {
	whole := undisturbed(t)
	for _, name := range []string{"config.json", "history.csv", "predictions.csv", "weights.safetensors", "run.json"} {
		for what, how := range damages {
			dir := copied(t, whole)
			change(t, filepath.Join(dir, name), how)
			r, err := run.Open(dir)
			if err == nil {
				err = r.Verify()
			}
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s %s: error %v, want one that names it", name, what, err)
			}
		}
	}

	// A run of before there were checksums stays readable.
	old := copied(t, whole)
	change(t, filepath.Join(old, "run.json"), func(data []byte) []byte {
		at := strings.Index(string(data), ",\n  \"sha256\"")
		return append(data[:at], "\n}\n"...)
	})
	if r, err := run.Open(old); err != nil || r.Verify() != nil {
		t.Errorf("a run without checksums: %v", err)
	}

	var newest []string
	err := fs.WalkDir(os.DirFS(whole), "checkpoints/step-000004-000000",
		func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				newest = append(newest, path)
			}
			return err
		})
	if err != nil || len(newest) < 4 {
		t.Fatal(err, newest)
	}
	for i, name := range newest {
		dir := copied(t, whole)
		if err := os.Remove(filepath.Join(dir, "run.json")); err != nil {
			t.Fatal(err)
		}
		change(t, filepath.Join(dir, name), []func([]byte) []byte{flip, half, none}[i%3])
		var said []string
		if _, err := run.Train(context.Background(), dir, tiny(),
			&run.Options{Warn: func(line string) { said = append(said, line) }}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(said) != 1 || !strings.Contains(said[0], "step-000004-000000") ||
			!strings.Contains(said[0], "set aside") {
			t.Errorf("%s: warned %q, want a line that names the checkpoint", name, said)
		}
		runtest.SameFiles(t, whole, dir, "history.csv", "weights.safetensors", "predictions.csv")
	}

	// A checkpoint of another configuration, and one of a newer program.
	dir := copied(t, whole)
	for _, name := range []string{"run.json", "config.json"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	c := tiny()
	c.LearningRate /= 2
	if _, err := run.Train(context.Background(), dir, c, nil); err == nil ||
		!strings.Contains(err.Error(), "learning_rate") {
		t.Errorf("error %v, want one that names the field in which the checkpoint's configuration differs", err)
	}
}

// A full disk ends a training with an error that names the file; the old files stay, and with space it goes on to the
// same end.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	cmd, said := runtest.Trainer{limitEnv + "=4096"}.Start(t, dir) // A checkpoint is larger, the configuration smaller.
	if err := cmd.Wait(); err == nil || !strings.Contains(said.String(), "saving checkpoint step-000001-000000") ||
		!strings.Contains(said.String(), "is the disk full") {
		t.Errorf("error %v, said %s; want one that names the checkpoint", err, said)
	}
	readable(t, dir)
	if left, _ := filepath.Glob(filepath.Join(dir, "checkpoints", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	whole := undisturbed(t)
	train(t, dir, tiny(), nil)
	runtest.SameFiles(t, whole, dir, "history.csv", "weights.safetensors", "predictions.csv")
}

// A folder can't be made below a file, nor by anyone where nobody may write.
func TestFolderCantBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := run.Train(context.Background(), filepath.Join(file, "run"), tiny(), nil)
	if pathErr := new(fs.PathError); !errors.As(err, &pathErr) ||
		!strings.Contains(err.Error(), "give a folder that can be written") {
		t.Errorf("error %v, want one with the path and a remedy", err)
	}
}
