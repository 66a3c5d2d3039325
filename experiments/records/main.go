// Records measures what the report shows of FER2013 where the data set is not at hand:
//
//	go run ./experiments/records -source fer2013.zip -votes ferplus.csv
//
// It writes fer/records/data.json (balance, faults, votes, mean faces), filters.json (which filters of a shipped net
// serve which class) and where.json (how true methods of explanation are to that net, and where it looks in real
// faces). They hold numbers and means over hundreds of faces, and no image. The last takes about twenty minutes on two
// cores. Run it again for a net that was trained anew.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"path/filepath"

	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/pretrained"
	"ferlab/fer/records"
	"ferlab/fer/votes"
	"ferlab/internal/atomicfile"
)

func main() { cli.Main("records", mainErr) }

func mainErr() error {
	source := flag.String("source", "", "`path` to FER2013: folder, zip or CSV")
	file := flag.String("votes", "", "`path` to the votes of FER+; without it data.json is left as it is")
	name := flag.String("run", "cnn", "shipped `run` to explain; empty leaves where.json and filters.json as they are")
	drawn := flag.Int("faces", 620,
		"number of drawn faces that methods are ranked on, of which the net mistakes some; 0 leaves where.json "+
			"as it is")
	perClass := flag.Int("of-each", 100, "number of real faces of each class to explain, at most")
	out := flag.String("out", "fer/records", "`folder` to write to")
	if err := cli.Parse(); err != nil {
		return err
	}
	if *source == "" {
		return errors.New("-source says where FER2013 is: give it")
	}
	data, err := cli.Open(*source, dataset.Options{})
	if err != nil {
		return err
	}
	if *file != "" {
		if err := measureData(data, *file, filepath.Join(*out, records.DataFile)); err != nil {
			return err
		}
	}
	if *name == "" {
		return nil
	}
	r, err := pretrained.Find(*name)
	if err != nil {
		return err
	}
	filters, err := records.MeasureFilters(r, data.Name, fer.Public, data.Split(fer.Public).Examples)
	if err != nil {
		return err
	}
	if err := write(filepath.Join(*out, records.FiltersFile), filters); err != nil || *drawn == 0 {
		return err
	}
	where, err := records.MeasureWhere(r, *drawn, data, fer.Public, *perClass)
	if err != nil {
		return err
	}
	fmt.Printf("methods ranked on %d of %d drawn faces\n", where.Faces, where.Drawn)
	return write(filepath.Join(*out, records.WhereFile), where)
}

// measureData writes what is known of the data set; the nets are the shipped ones.
func measureData(data *dataset.Dataset, file, out string) error {
	read, err := votes.Open(file)
	if err != nil {
		return err
	}
	joined, err := read.Join(data)
	if err != nil {
		return err
	}
	var nets []votes.Net
	for _, name := range pretrained.Names() {
		r, err := pretrained.Open(name)
		if err != nil {
			return err
		}
		if !r.Config.Classes.Equal(fer.Emotions) {
			continue
		}
		p, err := r.Predictions()
		if err != nil {
			return err
		}
		nets = append(nets, votes.Net{Name: r.Name, Predictions: p})
	}
	record, err := records.MeasureData(data, joined.Votes, nets...)
	if err != nil {
		return err
	}
	fmt.Printf("data set %s, %d images, %d with votes\n", record.Source, record.Images, record.Voted)
	return write(out, record)
}

func write(path string, record any) error {
	text, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(path, append(text, '\n'))
}
