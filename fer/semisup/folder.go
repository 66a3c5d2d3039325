package semisup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ferlab/fer/run"
	"ferlab/internal/atomicfile"
	"ferlab/internal/bounded"
)

// record is the configuration's own part, as semisup.json keeps it; the other is the run's config.json.
func (c Config) record() ([]byte, error) {
	c.Version, c.Train = run.ConfigVersion, run.Config{}
	if c.Unlabelled != "" {
		c.Unlabelled = filepath.Base(c.Unlabelled)
	}
	data, err := json.MarshalIndent(c, "", "  ")
	return append(data, '\n'), err
}

// readConfig reads the own part of the configuration of a run, of at most 1 MiB.
func readConfig(path string) (c Config, err error) {
	f, err := os.Open(path)
	if err != nil {
		return c, err
	}
	defer f.Close()
	data, err := bounded.ReadAll(f, 1<<20)
	if err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	if c.Version == 0 {
		c.fillFormerDefaults()
	}
	return c, nil
}

// fillFormerDefaults says in today's form what a configuration of version 0 meant: a weight and a threshold of 0 were
// the algorithm's own.
func (c *Config) fillFormerDefaults() {
	a, _ := ByName(c.Algorithm)
	if c.Weight == 0 {
		c.Weight = a.Weight
	}
	if c.Threshold == 0 {
		c.Threshold = a.Threshold
	}
}

// claim returns an error if the folder holds a run that differs in the configuration's own part.
func claim(dir string, config Config, replace bool) error {
	path := filepath.Join(dir, configFile)
	there, err := readConfig(path)
	if errors.Is(err, os.ErrNotExist) || replace {
		return nil
	}
	if err != nil {
		return err
	}
	old, err := there.record()
	if err != nil {
		return err
	}
	now, err := config.record()
	if err == nil && !bytes.Equal(old, now) {
		err = fmt.Errorf("%s holds a run of another configuration (its %s differs): give another folder, or ask to "+
			"replace it", dir, configFile)
	}
	return err
}

// keep writes down the configuration's own part and which examples kept their labels.
func keep(dir string, config Config, part *Part) error {
	data, err := config.record()
	if err != nil {
		return err
	}
	if err := atomicfile.WriteBytes(filepath.Join(dir, configFile), data); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, labelsFile), part.writeLabels)
}
