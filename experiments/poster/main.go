// Poster draws the report's front page as a PDF of one sheet: the pictures of the classes, and six questions with their
// answers, numbers and pictures. tools/book.py, which knows them, writes them to its standard input as JSON:
//
//	go run ./experiments/poster -site build/report/html -out ferlab.pdf <poster.json
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"ferlab/experiments/internal/cli"
	"ferlab/internal/atomicfile"
)

func main() { cli.Main("poster", mainErr) }

func mainErr() error {
	site := flag.String("site", ".", "`folder` that the pictures' names start from")
	out := flag.String("out", "ferlab.pdf", "write the sheet to this `file`")
	if err := cli.Parse(); err != nil {
		return err
	}
	var p poster
	if err := json.NewDecoder(os.Stdin).Decode(&p); err != nil {
		return fmt.Errorf("the poster on standard input: %w", err)
	}
	var sheet bytes.Buffer
	if err := p.draw(*site, &sheet); err != nil {
		return err
	}
	return atomicfile.WriteBytes(*out, sheet.Bytes())
}
