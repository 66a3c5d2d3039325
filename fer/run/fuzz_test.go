package run

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

const (
	someHistory = "epoch,step,learning_rate,train_loss,train_accuracy,validation_loss,validation_accuracy\n" +
		"1,7,0.001,1.5,0.25,1.25,0.5\n"
	someRecord = `{"name":"a","source":"synthetic","validation":"test",` +
		`"validation_images":35,"selected_epoch":1,"temperature":1.5}`
	someState = `{"version":1,"data":"a","epoch":1,"step":2,"sums":{"loss":1,"correct":1,"count":28},` +
		`"history":[{"Epoch":1}],"best":1}`
)

// FuzzRun checks that any files of a run make an error or a run that can be looked at.
func FuzzRun(f *testing.F) {
	config, err := marshal(Quick())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(config, []byte(someHistory), []byte(someRecord),
		[]byte("id,label,angry,disgust,fear,happy,sad,surprise,neutral\na,sad,0,0,0,1,0,0,0\n"), []byte{})
	f.Add(config, []byte(someHistory+"3,7,,,,,\n"), []byte(`{"sha256":{"run.json":""}}`), []byte{}, []byte{})
	f.Add([]byte(`{"version":1,"model":"cnn","cnn":{"filters":[-1]}}`), []byte{}, []byte(`{}`), []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, config, history, record, predictions, weights []byte) {
		files := fstest.MapFS{}
		for name, data := range map[string][]byte{configFile: config, historyFile: history, recordFile: record,
			predictionsFile: predictions, weightsFile: weights} {
			files[name] = &fstest.MapFile{Data: data}
		}
		r, err := OpenFS(files, "fuzzed")
		if err != nil {
			return
		}
		if err := r.Config.Validate(); err != nil {
			t.Error(err)
		}
		var out bytes.Buffer
		if err := writeHistory(&out, r.History); err != nil {
			t.Fatal(err)
		}
		if back, err := readHistory(&out); err != nil || len(back) != len(r.History) {
			t.Errorf("history %v, read back %v, %v", r.History, back, err)
		}
		r.Verify()
		r.Predictions()
		r.Store()
		r.Caption()
		if r.Temperature() <= 0 {
			t.Errorf("temperature %v", r.Temperature())
		}
	})
}

// FuzzConfig checks that any configuration is refused, or read to one that is written and read back as it is.
func FuzzConfig(f *testing.F) {
	for _, c := range []Config{Quick(), Full(), Original()} {
		data, err := marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "cnn.filters=[32,64]")
	}
	f.Add([]byte(`{"epochs":7}}`), "epochs=1e3")
	f.Add([]byte(`{"seed":-1,"augment":{"shift":null}}`), "augment={}}")
	f.Fuzz(func(t *testing.T, data []byte, set string) {
		var c, back Config
		c.Set(set)
		if err := c.Read(bytes.NewReader(data)); err != nil {
			return
		}
		c.Validate()
		c.Version = ConfigVersion
		written, err := marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := back.Read(bytes.NewReader(written)); err != nil || c.differences(back) != "" {
			t.Errorf("%s, %v", c.differences(back), err)
		}
	})
}

// FuzzState checks that any state of a checkpoint, with or without checksums, is refused or consistent.
func FuzzState(f *testing.F) {
	f.Add([]byte(someState), sum([]byte(someState))+"  "+stateFile+"\n")
	f.Add([]byte(`{"epoch":0,"step":-1}`), "")
	f.Add([]byte(`{"history":null}`), "x  ..\n")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, sums string) {
		if err := os.WriteFile(filepath.Join(dir, stateFile), data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, sumsFile), []byte(sums), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := readState(dir)
		if err == nil && (s.Epoch != len(s.History) || s.Step < 0 || s.Best < 0 || s.Best > s.Epoch) {
			t.Errorf("inconsistent state %+v", s)
		}
	})
}

// A checkpoint from before configurations had versions belongs to what its training was.
func TestFormerCheckpoint(t *testing.T) {
	data, err := os.ReadFile("../../docs/accuracy/best-80/config.json")
	if err != nil {
		t.Fatal(err)
	}
	var s state
	if err := s.decode([]byte(`{"version":1,"config":` + string(data) + `,"history":[]}`)); err != nil {
		t.Fatal(err)
	}
	want := Quick()
	if err := want.ReadFile("../../docs/accuracy/best-80/config.json"); err != nil {
		t.Fatal(err)
	}
	if d := s.Config.differences(want); d != "" || s.Config.BatchNormMomentum != 0.99 {
		t.Errorf("the checkpoint's configuration differs in %s", d)
	}
}
