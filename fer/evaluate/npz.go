package evaluate

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/sbinet/npyio/npy"

	"ferlab/fer"
	"ferlab/internal/bounded"
)

// The most that is read of an array of an .npz file: a million examples with names of 64 characters.
const maxArray = 256 << 20

// ReadProbabilitiesFile reads a table of probabilities by example: a CSV file as [ReadProbabilities] takes it or, told
// by its content, NumPy's .npz with the arrays id, strings [n], and probabilities, float32 or float64 [n, 7] in the
// order of the classes: np.savez("soft.npz", id=ids, probabilities=p). [n, 7] is of seven classes.
func ReadProbabilitiesFile(path string, classes fer.Classes) (map[string][]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var magic [4]byte
	if n, _ := io.ReadFull(f, magic[:]); n == len(magic) && bytes.Equal(magic[:], []byte("PK\x03\x04")) {
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		return readNPZ(f, info.Size(), classes)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return ReadProbabilities(f, classes)
}

func readNPZ(r io.ReaderAt, size int64, classes fer.Classes) (map[string][]float64, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("not an .npz file: %w", err)
	}
	ids, err := array(archive, "id", decodeStrings)
	if err != nil {
		return nil, err
	}
	values, err := array(archive, "probabilities", decodeFloats)
	if err != nil {
		return nil, err
	}
	each := classes.Len()
	if len(values) != len(ids)*each {
		return nil, fmt.Errorf("array probabilities has %d values for %d ids, want %d for each", len(values), len(ids),
			each)
	}
	table := make(map[string][]float64, len(ids))
	for i, id := range ids {
		row := Prediction{id, fer.Unlabelled, values[i*each : (i+1)*each : (i+1)*each], classes}
		if err := row.check(); err != nil {
			return nil, fmt.Errorf("row %d (%q): %w", i, id, err)
		}
		if _, twice := table[id]; twice || id == "" {
			return nil, fmt.Errorf("row %d: the id %q is empty or stands in a row before", i, id)
		}
		table[id] = row.Probs
	}
	return table, nil
}

// array reads an array of an archive; decode makes its n values, of a NumPy type, from bytes.
func array[T any](archive *zip.Reader, name string, decode func(dtype string, n int, data []byte) ([]T, error)) ([]T,
	error) {
	fail := func(err error) ([]T, error) { return nil, fmt.Errorf("array %s: %w", name, err) }
	f, err := archive.Open(name + ".npy")
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	data, err := bounded.ReadAll(f, maxArray)
	if err != nil {
		return fail(err)
	}
	rest := bytes.NewReader(data)
	header, err := npy.NewReader(rest)
	if err != nil {
		return fail(err)
	}
	n := 1
	for _, d := range header.Header.Descr.Shape {
		if d < 0 || d > maxArray || n*d > maxArray {
			return fail(fmt.Errorf("its shape is %v", header.Header.Descr.Shape))
		}
		n *= d
	}
	if header.Header.Descr.Fortran {
		return fail(fmt.Errorf("it is in Fortran's order, want C's: np.ascontiguousarray"))
	}
	values, err := decode(header.Header.Descr.Type, n, data[len(data)-rest.Len():])
	if err != nil {
		return fail(err)
	}
	return values, nil
}

func decodeFloats(dtype string, n int, data []byte) ([]float64, error) {
	values := make([]float64, 0, min(n, len(data)))
	switch {
	case dtype == "<f8" && len(data) == 8*n:
		for ; len(data) > 0; data = data[8:] {
			values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(data)))
		}
	case dtype == "<f4" && len(data) == 4*n:
		for ; len(data) > 0; data = data[4:] {
			values = append(values, float64(math.Float32frombits(binary.LittleEndian.Uint32(data))))
		}
	default:
		return nil, fmt.Errorf("it has the type %s and %d bytes for %d values, want float32 or float64", dtype,
			len(data), n)
	}
	return values, nil
}

func decodeStrings(dtype string, n int, data []byte) ([]string, error) {
	var length int
	if _, err := fmt.Sscanf(dtype, "<U%d", &length); err != nil || length < 1 || length > maxArray ||
		len(data) != 4*length*n {
		return nil, fmt.Errorf("it has the type %s and %d bytes for %d values, want strings", dtype, len(data), n)
	}
	values := make([]string, n)
	for i := range values {
		var s strings.Builder
		for k := range length {
			if r := rune(binary.LittleEndian.Uint32(data[4*(i*length+k):])); r != 0 {
				s.WriteRune(r)
			}
		}
		values[i] = s.String()
	}
	return values, nil
}
