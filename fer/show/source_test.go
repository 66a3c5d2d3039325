package show

import (
	"errors"
	"html"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/show/testdata/shapes"
)

// between returns the text of a file from the first occurrence of from to the next occurrence of to, inclusive.
func between(t *testing.T, file, from, to string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	i := strings.Index(string(data), from)
	if i < 0 {
		t.Fatalf("%s has no %q", file, from)
	}
	n := strings.Index(string(data[i:]), to)
	if n < 0 {
		t.Fatalf("%s has no %q after %q", file, to, from)
	}
	return string(data[i : i+n+len(to)])
}

func TestSourceEqualsFile(t *testing.T) {
	const file = "testdata/shapes/shapes.go"
	var square shapes.Shape = shapes.Square{Side: 2}
	for _, test := range []struct {
		name     string
		thing    any
		from, to string
		prefix   string
	}{
		{name: "function", thing: shapes.Area, from: "// Area is", to: "\n}"},
		{name: "another package", thing: fer.NewClasses},
		{name: "closure shows its maker", thing: shapes.Scale(2), from: "// Scale makes", to: "\n}"},
		{name: "method expression", thing: shapes.Square.Grow, from: "// Grow is", to: "\n}"},
		{name: "pointer's method expression", thing: (*shapes.Square).Reset, from: "// Reset is", to: "\n}"},
		{name: "generic function", thing: shapes.Largest[int], from: "// Largest is", to: "\n}"},
		{name: "function variable", thing: shapes.Double, from: "// Double is", to: "\n}"},
		{name: "struct", thing: square, from: "// Square is", to: "\n}"},
		{name: "pointer to struct", thing: &shapes.Square{}, from: "// Square is", to: "\n}"},
		{name: "generic type", thing: shapes.Pair[int]{}, from: "// Pair is", to: "}"},
		{name: "named function type", thing: shapes.Measure(shapes.Area), from: "// Measure is", to: "float64"},
		{name: "one of a group", thing: shapes.Circle{}, from: "Circle struct", to: "}",
			prefix: "// Circle is in a group.\ntype "},
		{name: "interface by its pointer", thing: (*shapes.Shape)(nil), from: "// Shape is", to: "}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := file
			if test.from == "" {
				path, test.from, test.to = "../classes.go", "// NewClasses makes", "\n}"
			}
			want := test.prefix + between(t, path, test.from, test.to)
			got, where, err := sourceOf(test.thing)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("source is\n%s\nwant\n%s", got, want)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(got, "\n")
			line := 1 + strings.Count(string(data[:strings.Index(string(data), first)]), "\n")
			pkg := "ferlab/fer/show/" + file
			if path != file {
				pkg = "ferlab/fer/classes.go"
			}
			if want := pkg + ":" + strconv.Itoa(line); where != want {
				t.Errorf("it stands at %s, want %s", where, want)
			}
		})
	}
}

func TestSourceErrors(t *testing.T) {
	var none func()
	for name, thing := range map[string]any{"nil": nil, "nil function": none, "int": 3,
		"method value": shapes.Square{}.Grow, "anonymous": struct{ X int }{}} {
		if text, _, err := sourceOf(thing); err == nil {
			t.Errorf("%s: no error, but source %q", name, text)
		}
	}
	if _, err := packageFolder("ferlab/no/such/package"); err == nil ||
		!strings.Contains(err.Error(), "ferlab/no/such/package") {
		t.Errorf("folder of a missing package: error %v, want one that names it", err)
	}
}

// TestSourceStripped looks up in a program built without symbols, as a notebook's cells are.
func TestSourceStripped(t *testing.T) {
	want := between(t, "testdata/shapes/shapes.go", "// Area is", "\n}")
	run := exec.Command("go", "run", "-ldflags=-s -w", "./testdata/stripped")
	run.Env = append(os.Environ(), "GONB_PIPE=")
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), want) {
		t.Errorf("printed\n%s\nwant in it\n%s", out, want)
	}
}

func TestImportable(t *testing.T) {
	for file, want := range map[string]string{
		"ferlab/fer/model/model.go":                               "ferlab/fer/model/model.go", // Built with -trimpath.
		"/home/me/go/pkg/mod/example.org/net@v1.2.3/graph/ops.go": "example.org/net@v1.2.3/graph/ops.go",
		"/home/me/cell/main.go":                                   "main.go",
	} {
		if got := importable(file); got != want {
			t.Errorf("importable(%q) = %q, want %q", file, got, want)
		}
	}
}

// A cell shows the file's text, coloured and escaped: without its tags it reads the same.
func TestHighlightedSourceReadsTheSame(t *testing.T) {
	shown := capture(t, func() error {
		code, err := Source(shapes.Fenced)
		return errors.Join(err, Show(code))
	})
	if len(shown) != 1 {
		t.Fatalf("%d outputs, want 1", len(shown))
	}
	want := between(t, "testdata/shapes/shapes.go", "// Fenced is", "\n}")
	if text := shown[0].Data["text/plain"].(string); !strings.HasSuffix(text, want) {
		t.Errorf("plain text is %q, want at its end the file's %q", text, want)
	}
	page := shown[0].Data["text/html"].(string)
	if text := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, "")); !strings.Contains(text,
		want) {
		t.Errorf("the page reads\n%s\nwant in it\n%s", text, want)
	}
	if !regexp.MustCompile(`<span style="color:#[0-9a-f]+[^>]*>func</span>`).MatchString(page) {
		t.Errorf("the keyword func has no colour:\n%s", page)
	}
}
