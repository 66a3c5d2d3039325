package floors

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// columns is the longest line of a .go or .py file, in characters, of which a tab is worth four.
const columns = 120

// Lines have at most 120 columns. Markdown is free: a row of a table is one line.
func TestLines(t *testing.T) {
	const root = "../.."
	made := []string{root + "/build", root + "/data", root + "/runs"} // Git ignores them.
	seen := 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if file != root && name[0] == '.' || slices.Contains(made, file) {
				return fs.SkipDir
			}
			return nil
		}
		if ext := filepath.Ext(name); ext != ".go" && ext != ".py" {
			return nil
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		seen++
		for i, line := range strings.Split(string(data), "\n") {
			if n := utf8.RuneCountInString(line) + 3*strings.Count(line, "\t"); n > columns {
				t.Errorf("%s:%d: %d characters, want at most %d", strings.TrimPrefix(file, root+"/"), i+1, n, columns)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 300 {
		t.Errorf("read %d files, want all of the repository", seen)
	}
}
