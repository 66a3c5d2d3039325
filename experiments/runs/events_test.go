package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferlab/fer/pretrained"
)

// Different runs have different folders, whatever their last folders are called and from where the program is started;
// one run has one folder.
func TestEventsOf(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "runs"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	of := func(root, name string) string {
		t.Helper()
		path, err := eventsOf(root, name)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	folders := map[string]string{}
	for _, name := range []string{"cnn", "./cnn", "runs/a/best", "runs/b/best", "best", "../best", "/else/best", "."} {
		path := of("events", name)
		if other, twice := folders[path]; twice {
			t.Errorf("%s and %s both write to %s", name, other, path)
		}
		if !filepath.IsLocal(path) {
			t.Errorf("%s writes to %s", name, path)
		}
		folders[path] = name
	}
	want := of("events", "runs/a/best")
	for _, name := range []string{"./runs//a/best/", filepath.Join(dir, "runs/a/best")} {
		if got := of("events", name); got != want {
			t.Errorf("%s writes to %s, want %s", name, got, want)
		}
	}
	t.Chdir("runs")
	if got := of("../events", "a/best"); got != filepath.Join("..", want) {
		t.Errorf("from another folder: %s", got)
	}
}

// A run that is trained anew replaces its events, and no other run's.
func TestEventsReplaced(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "events")
	first, second := filepath.Join(dir, "runs/a/best"), filepath.Join(dir, "runs/b/best")
	r, err := pretrained.Open("dnn")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{first, second, first} {
		r.Record.Started = r.Record.Started.Add(time.Duration(i) * time.Hour)
		if err := writeEvents(root, name, r); err != nil {
			t.Fatal(err)
		}
	}
	var files []string
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if len(files) != 2 || filepath.Dir(files[0]) != filepath.Join(root, "runs/a/best") ||
		filepath.Dir(files[1]) != filepath.Join(root, "runs/b/best") {
		t.Errorf("event files %v, want one of each run", files)
	}
}
