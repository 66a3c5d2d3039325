package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"ferlab/internal/atomicfile"
)

func writeJSON(path string, value any) error {
	data, err := marshal(value)
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(path, data)
}

func marshal(value any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetIndent("", "  ")
	err := e.Encode(value)
	return out.Bytes(), err
}

// unmarshal decodes one JSON document; unknown keys are errors, and so is anything after it and, by encoding/json's own
// limit, more than 10,000 levels.
func unmarshal(data []byte, value any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(value); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one JSON document")
	}
	return nil
}
