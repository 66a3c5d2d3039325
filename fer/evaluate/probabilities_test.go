package evaluate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/evaluate"
)

// A table is read as NumPy and a spreadsheet write it; what is wrong with one is named.
func TestProbabilities(t *testing.T) {
	csv := filepath.Join(t.TempDir(), "soft.csv")
	write := func(text string) string {
		t.Helper()
		if err := os.WriteFile(csv, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return csv
	}
	const header = "neutral,id,angry,disgust,fear,happy,sad,surprise\n"
	for _, path := range []string{"testdata/soft.npz", "testdata/soft32.npz",
		write(header + "0,train/happy/Training_1,0,0,0,1,0,0\n.5,é,.5,0,0,0,0,0\n" +
			".125,c,.125,.125,.25,.125,.125,.125\n")} {
		table, err := evaluate.ReadProbabilitiesFile(path, fer.Emotions)
		if err != nil {
			t.Fatal(path, err)
		}
		if len(table) != 3 || table["train/happy/Training_1"][fer.Happy] != 1 || table["é"][fer.Neutral] != 0.5 ||
			table["c"][fer.Fear] != 0.25 {
			t.Errorf("%s reads as %v", path, table)
		}
	}
	for path, want := range map[string]string{
		"testdata/short.npz": "14 values for 3 ids", "testdata/whole.npz": "want float32 or float64",
		"testdata/fortran.npz": "Fortran", "testdata/sum.npz": "row 0",
		"testdata/noid.npz": "array id", "testdata/none.npz": "no such file",
	} {
		_, err := evaluate.ReadProbabilitiesFile(path, fer.Emotions)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", path, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "is empty", "id,angry\n": `no column "disgust"`, header + "0,a,0,0,0,x,0,0\n": "line 2, column happy",
		header + "0,a,0,0,0,1,0,0\n0,a,0,0,0,1,0,0\n": "line 3, column id", header + "0,a,0,0,0,0,0,0\n": "line 2",
	} {
		_, err := evaluate.ReadProbabilitiesFile(write(text), fer.Emotions)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}
