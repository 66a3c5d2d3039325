package cli

import (
	"flag"
	"fmt"
	"log"

	"ferlab/fer/dataset"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// SkipBadFlag defines the flag -skip-bad, for [Open].
func SkipBadFlag() *bool {
	return flag.Bool("skip-bad", false,
		"leave out what can't be used of the source, such as damaged images, and list it, instead of ending")
}

// Training opens the source of a training for its option Data: nil, for the training to open it, unless bad entries are
// to be left out. A record couldn't say which list of examples such data were opened without, so that is an error.
func Training(c run.Config, skipBad bool) (*dataset.Dataset, error) {
	if !skipBad {
		return nil, nil
	}
	if c.Exclude != "" {
		return nil, fmt.Errorf("-skip-bad doesn't go with exclude=%s in a training: mend the source", c.Exclude)
	}
	return Open(c.Source, dataset.Options{SkipBad: true})
}

// listed is how many bad entries [Open] lists one by one.
const listed = 20

// Open is [dataset.Open] with a counter. It lists what is left out of the source on standard error.
func Open(path string, o dataset.Options) (*dataset.Dataset, error) {
	o.Progress = show.Counter("reading")
	d, err := dataset.Open(path, &o)
	if err != nil {
		return nil, err
	}
	for _, b := range d.Bad[:min(len(d.Bad), listed)] {
		log.Printf("left out: %s", b)
	}
	if len(d.Bad) > 0 {
		log.Printf("%d bad entries of %s were left out", len(d.Bad), d.Name)
	}
	return d, nil
}
