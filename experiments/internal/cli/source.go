package cli

import (
	"cmp"
	"flag"
	"fmt"
	"log"
	"path/filepath"

	"ferlab/fer/album"
	"ferlab/fer/dataset"
	"ferlab/fer/run"
	"ferlab/fer/show"
	"ferlab/fer/votes"
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
	return OpenFor(c, dataset.Options{SkipBad: true})
}

// OpenFor opens a configuration's source, without what it excludes and labelled by its votes, as the options say. It
// shows the progress, and lists what is left out of the source and what the votes leave on standard error.
func OpenFor(c run.Config, o dataset.Options) (*dataset.Dataset, error) {
	o.Progress = show.Counter("reading")
	d, count, err := c.Open(o)
	if err != nil && album.Is(c.Source) {
		return nil, fmt.Errorf("%s is an album of photos: give the faces that experiments/train made of it, in the "+
			"folder beside its run, such as runs/mine-faces", c.Source)
	}
	if err != nil {
		return nil, err
	}
	for _, b := range d.Bad[:min(len(d.Bad), listed)] {
		log.Printf("left out: %s", b)
	}
	if len(d.Bad) > 0 {
		log.Printf("%d bad entries of %s were left out", len(d.Bad), d.Name)
	}
	if count != nil {
		log.Printf("votes %s: %v", filepath.Base(c.Votes.File), *count)
	}
	return d, nil
}

// listed is how many bad entries [OpenFor] lists one by one.
const listed = 20

// Open is [OpenFor] of a source alone.
func Open(path string, o dataset.Options) (*dataset.Dataset, error) {
	return OpenFor(run.Config{Source: path}, o)
}

// PrecisionFlag defines the flag -precision, for run.Run.WithPrecision.
func PrecisionFlag() *string {
	return flag.String("precision", "", "`precision` of the net: mixed_bfloat16, which is faster on a processor with "+
		"products of bfloat16; default float32")
}

// VotesFlag defines the flag -votes, for [OpenVoted].
func VotesFlag() *string {
	return flag.String("votes", "", "`path` to people's votes, which label the source instead: fer2013new.csv, a CSV "+
		"with a column id, or FER+'s folders; by the rule of the run's training, else by majority without contempt")
}

// OpenVoted is [Open] of a source to measure a run on, labelled by a file of votes if that isn't "", by the run's rule
// unless another is given. Without votes the run doesn't count and may be nil.
func OpenVoted(source, file, rule string, r *run.Run, o dataset.Options) (*dataset.Dataset, error) {
	c := run.Config{Source: source}
	if file != "" {
		if c.Votes = r.Config.Votes; c.Votes.File == "" {
			c.Votes = votes.Config{Rule: votes.MajorityRule, Ignore: []string{votes.Contempt.String()}}
		}
		c.Votes.File, c.Votes.Rule = file, cmp.Or(rule, c.Votes.Rule)
	}
	return OpenFor(c, o)
}
