package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// files writes empty files below a new folder.
func files(t *testing.T, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestFiles(t *testing.T) {
	elsewhere := files(t, "far/z", "y")
	root := files(t, "b/c", "a", "b/.hidden/d", ".ipynb_checkpoints/e", "__MACOSX/f", "b/.g")
	for link, to := range map[string]string{
		"l-folder": elsewhere, "l-file": filepath.Join(elsewhere, "y"), "nowhere": "none",
		"b/loop": root, "device": os.DevNull,
	} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Files(os.DirFS(root), 10)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range got {
		switch {
		case errors.Is(f.Err, fs.ErrNotExist):
			list = append(list, f.Name+" (missing)")
		case f.Err != nil:
			list = append(list, fmt.Sprintf("%s (%v)", f.Name, f.Err))
		default:
			list = append(list, fmt.Sprintf("%s %d", f.Name, f.Size))
		}
	}
	want := "a 1, b/c 3, b/loop (a link to a folder that holds it), device (not a regular file), " +
		"l-file 1, l-folder/far/z 5, l-folder/y 1, nowhere (missing)"
	if got := strings.Join(list, ", "); got != want {
		t.Errorf("files\n%s, want\n%s", got, want)
	}
	if _, err := Files(os.DirFS(root), 3); err == nil || !strings.Contains(err.Error(), "more than 3 files") {
		t.Errorf("too many files: %v", err)
	}
	if _, err := Files(os.DirFS(filepath.Join(root, "none")), 3); err == nil {
		t.Error("a missing folder: no error")
	}
	deep := fstest.MapFS{strings.Repeat("a/", 200) + "b": {}}
	if got, err := Files(deep, 3); err != nil || len(got) != 1 || got[0].Err == nil {
		t.Errorf("200 folders in each other: %v, %v", got, err)
	}
}
