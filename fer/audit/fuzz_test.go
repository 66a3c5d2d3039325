package audit_test

import (
	"bytes"
	"slices"
	"testing"

	"ferlab/fer/audit"
)

// FuzzReadCSV checks that any table of findings is refused, or read to findings that are written and read back as they
// are.
func FuzzReadCSV(f *testing.F) {
	var good bytes.Buffer
	if err := table.WriteCSV(&good); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add([]byte("id,label,suggested,reason,score\nx,sad,,blank of ,NaN\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		findings, err := audit.ReadCSV(bytes.NewReader(data))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := findings.WriteCSV(&out); err != nil {
			t.Fatal(err)
		}
		if back, err := audit.ReadCSV(&out); err != nil || !slices.Equal(back, findings) {
			t.Errorf("read %v, read back %v, %v", findings, back, err)
		}
	})
}
