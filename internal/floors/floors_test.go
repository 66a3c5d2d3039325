// Package floors holds the house's plan, and the test that the packages keep to it.
package floors

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors are the packages from the ground up: each imports only packages of floors below its own. A new package gets
// its place here first.
var floors = []string{
	"fer/backend/onednn",
	"fer fer/backend fer/events internal/ahead internal/atomicfile internal/bounded internal/check " +
		"internal/folder internal/htmltest internal/raster",
	"fer/backend/backendtest fer/figure fer/nn fer/photo fer/synth",
	"fer/album fer/evaluate fer/model fer/show",
	"fer/dataset fer/model/modeltest",
	"fer/votes",
	"fer/run",
	"fer/audit fer/crossfit fer/explain fer/export fer/pretrained fer/run/runtest fer/semisup",
	"fer/records",
	"fer/live fer/live/browser fer/predict fer/results",
	"fer/lab",
	"recipes",
	"experiments/internal/bench experiments/internal/cli",
	"experiments/*",
}

// sideways are imports on one floor that are allowed all the same: "importer imported".
var sideways = []string{}

const module = "ferlab"

// floorOf returns a package's floor, counted from 1; 0 if the plan doesn't have it.
func floorOf(pkg string) int {
	for i, rooms := range floors {
		for _, room := range strings.Fields(rooms) {
			if ok, _ := path.Match(room, pkg); ok { // The patterns are right.
				return i + 1
			}
		}
	}
	return 0
}

// importsOf returns the imports within the module of every package below root, whatever the platform, without its
// tests'.
func importsOf(t *testing.T, root string) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			_, nested := os.Stat(filepath.Join(file, "go.mod")) // Another module, such as tools.
			if file != root && (name == "testdata" || name[0] == '.' || name[0] == '_' || nested == nil) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(folder)
		if imports[pkg] == nil {
			imports[pkg] = []string{}
		}
		for _, i := range parsed.Imports {
			if where, _ := strconv.Unquote(i.Path.Value); strings.HasPrefix(where, module+"/") {
				imports[pkg] = append(imports[pkg], strings.TrimPrefix(where, module+"/"))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}

// Imports go only downwards.
func TestFloors(t *testing.T) {
	imports := importsOf(t, "../..")
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		floor := floorOf(pkg)
		if floor == 0 {
			t.Errorf("%s has no floor: add it to the plan in internal/floors", pkg)
			continue
		}
		for _, below := range slices.Compact(slices.Sorted(slices.Values(imports[pkg]))) {
			switch f := floorOf(below); {
			case f == floor && slices.Contains(sideways, pkg+" "+below):
			case f >= floor:
				t.Errorf("%s (floor %d) imports %s (floor %d): imports go only downwards", pkg, floor, below, f)
			}
		}
	}
	for _, rooms := range floors {
		for _, room := range strings.Fields(rooms) {
			if !strings.Contains(room, "*") && imports[room] == nil {
				t.Errorf("the plan has %s, which holds no package", room)
			}
		}
	}
}

// The science shows nothing by itself: where it does, it is in the hands of whoever calls it.
func TestNoKernelBelow(t *testing.T) {
	imports := importsOf(t, "../..")
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		if f := floorOf(pkg); f < floorOf("fer/results") && slices.Contains(imports[pkg], "fer/show") {
			t.Errorf("%s imports fer/show, which speaks to the kernel of notebooks: leave that to fer/results and "+
				"above", pkg)
		}
	}
}
