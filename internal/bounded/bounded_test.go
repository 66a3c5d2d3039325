package bounded

import (
	"io"
	"runtime"
	"strings"
	"testing"
)

// zeros is endless and has no line break.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestReadAll(t *testing.T) {
	if data, err := ReadAll(strings.NewReader("four"), 4); err != nil || string(data) != "four" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := ReadAll(zeros{}, 4); err == nil || err.Error() != "more than 4 bytes" {
		t.Error(err)
	}
}

// Records are read as encoding/csv reads them; a line of 1 GB, or a quoted field of many short lines, is refused within
// a mebibyte, and so is an endless file.
func TestCSV(t *testing.T) {
	long := strings.Repeat("x", MaxRecord/2)
	c := NewCSV(strings.NewReader("a,b\n\n" + strings.Repeat(long+",\"1\n2\"\n", 5)))
	records, err := c.ReadAll()
	if err != nil || len(records) != 6 {
		t.Fatal(len(records), err)
	}
	for i, record := range records[1:] {
		if len(record) != 2 || record[0] != long || record[1] != "1\n2" {
			t.Error(i, len(record))
		}
	}

	gigabyte := func() io.Reader { return io.LimitReader(zeros{}, 1<<30) }
	for what, r := range map[string]io.Reader{
		"line":         io.MultiReader(strings.NewReader("a,b\n"), gigabyte()),
		"quoted field": strings.NewReader("a,b\n\"" + strings.Repeat("0\n", MaxRecord)),
	} {
		c := NewCSV(r)
		if _, err := c.Read(); err != nil {
			t.Fatal(what, err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := c.Read()
		runtime.ReadMemStats(&after)
		if err == nil || err.Error() != "the record after line 1 has more than 65536 bytes" {
			t.Errorf("%s: %v", what, err)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
			t.Errorf("%s: %d bytes allocated", what, grown)
		}
	}

	c = NewCSV(strings.NewReader(strings.Repeat("0\n", MaxRecords+1)))
	if _, err := c.ReadAll(); err == nil || err.Error() != "more than 1000000 records" {
		t.Error(err)
	}
}
