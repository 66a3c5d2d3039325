package live

import (
	"compress/gzip"
	"encoding/base64"
	"io"
)

// pack writes data as a line of JavaScript, gzipped and in base64: a page that is opened as a file may load scripts,
// and nothing else.
func pack(w io.Writer, name string, data []byte) error {
	if _, err := io.WriteString(w, `ferlabLive.packed["`+name+`"] = "`); err != nil {
		return err
	}
	encoder := base64.NewEncoder(base64.StdEncoding, w)
	z, err := gzip.NewWriterLevel(encoder, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(data); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	_, err = io.WriteString(w, "\";\n")
	return err
}
