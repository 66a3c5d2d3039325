// Package cli holds what the programs in experiments share: how they start and fail, and the flag that changes a
// configuration.
package cli

import (
	"flag"
	"log"

	"ferlab/fer/backend"
	"ferlab/fer/run"
)

// Main runs a program's body; an error ends the program with status 1 after a line "name: error" on standard error.
func Main(name string, body func() error) {
	log.SetFlags(0)
	log.SetPrefix(name + ": ")
	backend.Tune()
	if err := body(); err != nil {
		log.Fatal(err)
	}
}

// Sets are the values of a flag -set, each key=value of a [run.Config].
type Sets []string

// SetFlag defines the flag -set; it may be given several times.
func SetFlag() *Sets {
	s := new(Sets)
	flag.Func("set", "`key=value` of the configuration, such as epochs=8 or augment.flip=false; may be given several times", func(v string) error {
		*s = append(*s, v)
		return nil
	})
	return s
}

// Apply changes the configuration by every value in turn, and stops at the first that is wrong.
func (s Sets) Apply(c *run.Config) error {
	for _, v := range s {
		if err := c.Set(v); err != nil {
			return err
		}
	}
	return nil
}
