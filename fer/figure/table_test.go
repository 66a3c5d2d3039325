package figure

import (
	"strings"
	"testing"

	"ferlab/internal/htmltest"
)

func TestTable(t *testing.T) {
	header := []string{"net & kind", "accuracy"}
	rows := [][]string{{htmltest.Hostile, "65.9 ± 1.5 %"}, {"dnn", "–"}}
	page, err := Table{htmltest.Hostile, header, rows}.HTML()
	if err != nil {
		t.Fatal(err)
	}
	found := htmltest.Elements(t, page)
	if len(found["tr"]) != 3 || len(found["th"]) != 2 || len(found["td"]) != 4 || len(found["script"]) != 0 {
		t.Fatalf("found %v, want a header and two rows of two cells", found)
	}
	if found["caption"][0]["text"] != htmltest.Hostile || found["td"][0]["text"] != htmltest.Hostile ||
		found["th"][0]["text"] != header[0] {
		t.Errorf("texts are not those given: %v", found)
	}
	for i, align := range []string{"left", "right", "left", "right"} {
		if got := found["td"][i]["style"]; !strings.HasPrefix(got, "text-align:"+align+";") {
			t.Errorf("cell %d has %q, want it aligned %s", i, got, align)
		}
	}
	if _, err := (Table{"", header, [][]string{{"a", "1"}, {"b"}}}).HTML(); err == nil ||
		!strings.Contains(err.Error(), "row 2 has 1 cells, want 2") {
		t.Errorf("error of a short row: %v", err)
	}
}

func TestNumeric(t *testing.T) {
	for cell, want := range map[string]bool{
		"65.9": true, "1,896,757": true, "-0.3": true, "−0.3": true, "+1.5": true, "64.3 ± 1.5 %": true, "±1.45": true,
		"[63.1, 66.2]": true, "48×48": true, "12 s": true, "108/s": true, "3.5 ms": true, "1e-5": true,
		"< 0.001": true, ".5": true,
		"cnn": false, "": false, "–": false, "3 of a kind": false,
		"v1.2 beta": false, "conv1": false, "NaN": false, "-": false,
	} {
		if got := (Table{Header: []string{"h"}, Rows: [][]string{{cell}}}).numeric()[0]; got != want {
			t.Errorf("%q alone in a column: numeric %v, want %v", cell, got, want)
		}
	}
	if !(Table{Header: []string{"h"}, Rows: [][]string{{"–"}, {"1"}, {""}, {"NaN"}}}).numeric()[0] {
		t.Error("a column of numbers with gaps is not numeric")
	}
	if (Table{Header: []string{"h"}, Rows: [][]string{{"1"}, {"x"}, {"2"}}}).numeric()[0] {
		t.Error("a column with a word is numeric")
	}
}
