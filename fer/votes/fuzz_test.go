package votes

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzOpen checks that any file of votes is refused, or read to votes of which every named image has at least one.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(byID + "a," + ten(0) + "\n\"b\"\"\"," + ten(9) + "\n"))
	f.Add([]byte(byRow + "Training,fer0000000.png," + ten(0) + "\nPublicTest,,0,0,0,0,0,0,0,0,0,10\n"))
	f.Add([]byte(byID + "a,-1,0,0,0,0,0,0,0,0,0\n"))
	f.Add([]byte("PK\x03\x04"))
	path := filepath.Join(f.TempDir(), "votes.csv")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path)
		if err != nil {
			return
		}
		if s.Len() > len(s.rows) {
			t.Errorf("%d images have votes, in %d rows", s.Len(), len(s.rows))
		}
		for _, r := range s.rows {
			sum := 0
			for _, n := range r.votes {
				if n < 0 {
					t.Errorf("%s: %d votes", r.place, n)
				}
				sum += int(n)
			}
			if r.name != "" && sum == 0 { // Without a name it is an image that FER+ left out.
				t.Errorf("%s: %d votes in all", r.place, sum)
			}
		}
	})
}
