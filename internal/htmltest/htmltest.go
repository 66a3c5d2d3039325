// Package htmltest helps tests of what is written as HTML.
package htmltest

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// Hostile is a text that must never become an element.
const Hostile = `<script>alert("1")</script> & 'a' > b`

// Elements parses HTML that is also well-formed XML but for <img>, and returns each element's attributes and text, by
// its name.
func Elements(t *testing.T, text string) map[string][]map[string]string {
	t.Helper()
	found := map[string][]map[string]string{}
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.Strict = false
	decoder.AutoClose = xml.HTMLAutoClose
	var open []map[string]string
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return found
		} else if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		switch x := token.(type) {
		case xml.StartElement:
			m := map[string]string{}
			for _, a := range x.Attr {
				m[a.Name.Local] = a.Value
			}
			found[x.Name.Local] = append(found[x.Name.Local], m)
			open = append(open, m)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1]["text"] += string(x)
			}
		}
	}
}
