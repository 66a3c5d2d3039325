package experiments

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ferlab/fer/live"
)

// The program serves the page on this machine alone, until it is interrupted; the page can be written without it.
func TestLive(t *testing.T) {
	dir := t.TempDir()
	parts, web := filepath.Join(dir, "parts"), filepath.Join(dir, "web")
	if err := os.Mkdir(parts, 0o755); err != nil {
		t.Fatal(err)
	}
	export := build(t, "export")
	if _, errs, err := export("-run", "dnn", "-web", web, "-parts", parts); err == nil ||
		!strings.Contains(errs, "make setup") {
		t.Errorf("without the parts: %v, %s", err, errs)
	}
	for _, name := range live.Parts { // Nothing runs them here.
		if err := os.WriteFile(filepath.Join(parts, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, errs, err := export("-run", "dnn", "-web", web, "-parts", parts); err != nil {
		t.Errorf("%v, %s", err, errs)
	}
	for _, args := range [][]string{{"-run", "dnn", "-web", web, "-out", "x.onnx"}, {"-run", "dnn,cnn", "-out",
		"x.onnx"}} {
		if _, _, err := export(args...); err == nil {
			t.Errorf("export %v should fail", args)
		}
	}
	page, err := os.ReadFile(filepath.Join(web, "index.html"))
	if err != nil {
		t.Fatal(err)
	}

	server := exec.Command(program(t, "live"), "-run", "dnn", "-parts", parts)
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Process.Kill() // Does nothing once it has ended.
	line, err := bufio.NewReader(stdout).ReadString('\n')
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	if err != nil || address == "" {
		t.Fatalf("it says %q, %v", line, err)
	}
	answer, err := http.Get(address + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if served, err := io.ReadAll(answer.Body); err != nil || string(served) != string(page) {
		t.Errorf("served %.100q, %v", served, err)
	}
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("interrupted, it ends with %v", err)
	}
}
