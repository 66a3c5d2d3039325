package experiments

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ferlab/fer/pretrained"
)

// command is a line that a reader may copy.
type command struct {
	file  string
	words []string
}

var (
	inline = regexp.MustCompile("`((?:go run|make) [^`]*)`")
	block  = regexp.MustCompile("(?s)```[a-z]*\n(.*?)```")
)

// commands returns the go run and make commands of a page, in code blocks and within its text.
func commands(t *testing.T, file string) []command {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if strings.HasSuffix(file, ".ipynb") {
		text = notebookText(t, data)
	}
	var lines []string
	for _, b := range block.FindAllStringSubmatch(text, -1) {
		lines = append(lines, strings.Split(strings.ReplaceAll(b[1], "\\\n", " "), "\n")...)
	}
	for _, m := range inline.FindAllStringSubmatch(block.ReplaceAllString(text, ""), -1) {
		lines = append(lines, strings.ReplaceAll(m[1], "\n", " "))
	}
	var found []command
	for _, line := range lines {
		words := shellWords(line)
		for len(words) > 0 && strings.Contains(words[0], "=") { // FER_DATA=path make report
			words = words[1:]
		}
		if len(words) > 1 && (words[0] == "make" || words[0] == "go" && words[1] == "run") {
			found = append(found, command{file, words})
		}
	}
	return found
}

// notebookText is the text of a notebook's prose.
func notebookText(t *testing.T, data []byte) string {
	var nb struct {
		Cells []struct {
			Type   string `json:"cell_type"`
			Source any
		}
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, c := range nb.Cells {
		lines, _ := c.Source.([]any)
		for _, line := range lines {
			if s, ok := line.(string); ok && c.Type == "markdown" {
				text.WriteString(s)
			}
		}
		text.WriteString("\n")
	}
	return text.String()
}

// shellWords splits a line as a shell does, as far as quotes and comments go.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	quote, open := rune(0), false
	for i, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, open = r, true
		case r == '#' && !open && word.Len() == 0, r == '&' && strings.HasPrefix(line[i:], "&& "):
			return words
		case r == ' ' || r == '\t':
			if word.Len() > 0 || open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
		}
	}
	if word.Len() > 0 || open {
		words = append(words, word.String())
	}
	return words
}

// configured are the programs that print the configuration which their flags make.
var configured = []string{"train", "sweep", "semisup", "audit", "crossfit"}

var flagName = regexp.MustCompile(`^--?([a-z][a-z-]*)`)

// Every command that the pages show is taken by its program: its flags are known, and where they make a training's
// configuration, that is valid. Targets of make exist.
func TestCommandsOfThePages(t *testing.T) {
	programs := t.TempDir()
	build := exec.Command("go", "build", "-o", programs, "./...")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for _, pattern := range []string{"../*.md", "../docs/*.md", "../notebooks/*.md", "../notebooks/*.ipynb"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, paths...)
	}
	usages, seen := map[string]string{}, 0
	var trained []string
	for _, page := range pages {
		for _, c := range commands(t, page) {
			seen++
			line := strings.Join(c.words, " ")
			if c.words[0] == "make" {
				for _, target := range c.words[1:] {
					rule := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(target) + `:`)
					if !strings.Contains(target, "=") && !rule.Match(makefile) {
						t.Errorf("%s: %s: no target %q", page, line, target)
					}
				}
				continue
			}
			name := filepath.Base(c.words[2])
			program := filepath.Join(programs, name)
			if _, err := os.Stat(program); err != nil {
				t.Errorf("%s: %s: no program %q", page, line, name)
				continue
			}
			if _, ok := usages[name]; !ok {
				out, _ := exec.Command(program, "-h").CombinedOutput() // It ends with an error, as package flag has it.
				usages[name] = string(out)
			}
			for _, word := range c.words[3:] {
				if m := flagName.FindStringSubmatch(word); m != nil &&
					!regexp.MustCompile(`(?m)^  -`+m[1]+`\b`).MatchString(usages[name]) {
					t.Errorf("%s: %s: no flag -%s", page, line, m[1])
				}
			}
			args := c.words[3:]
			if i := slices.Index(args, "-recipe"); name == "train" && i >= 0 {
				trained = append(trained, args[i+1])
			}
			if len(args) == 0 {
				continue
			}
			if !slices.Contains(configured, name) || slices.Contains(args, "-summary") ||
				slices.ContainsFunc(args, placeholder) {
				continue
			}
			cmd := exec.Command(program, append(args, "-print")...)
			cmd.Dir = ".."
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %s: %v\n%s", page, line, err, out)
			}
		}
	}
	for _, name := range pretrained.Names() {
		if !slices.Contains(trained, name) {
			t.Errorf("no page shows how run %s is trained: train -recipe %s", name, name)
		}
	}
	if seen < 20 {
		t.Errorf("only %d commands found in %v", seen, pages)
	}
}

// placeholder says that a word stands for something of the reader's: "RUN…", "mynet".
func placeholder(word string) bool {
	return strings.Contains(word, "…") || strings.Contains(word, "my")
}
