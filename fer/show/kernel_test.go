package show

import (
	"encoding/gob"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// kernel is the other end of the pipes through which a cell speaks to GoNB. gonbui opens them once in a process, so
// there is one for all tests.
type kernel struct {
	mu    sync.Mutex
	shown []*protocol.DisplayData
}

var startKernel = sync.OnceValues(func() (*kernel, error) {
	folder, err := os.MkdirTemp("", "notebook")
	if err != nil {
		return nil, err
	}
	in, out := filepath.Join(folder, "in"), filepath.Join(folder, "out")
	for env, path := range map[string]string{protocol.GONB_PIPE_ENV: in, protocol.GONB_PIPE_BACK_ENV: out} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			return nil, err
		}
		os.Setenv(env, path)
	}
	k := &kernel{}
	go k.serve(in, out)
	gonbui.IsNotebook = true
	defer func() { gonbui.IsNotebook = false }()
	err = gonbui.Open()
	os.RemoveAll(folder) // Both ends are open by now.
	return k, err
})

// serve collects what is displayed and acknowledges each Sync, as GoNB does.
func (k *kernel) serve(in, out string) {
	r, err := os.Open(in)
	if err != nil {
		panic(err)
	}
	w, err := os.OpenFile(out, os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	decode, encode := gob.NewDecoder(r), gob.NewEncoder(w)
	for {
		data := &protocol.DisplayData{}
		if err := decode.Decode(data); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		if v, ok := data.Data[protocol.MIMECommValue].(protocol.CommValue); ok {
			if err := encode.Encode(&protocol.CommValue{Address: protocol.GonbuiSyncAckAddress,
				Value: v.Value}); err != nil {
				panic(err)
			}
			continue
		}
		k.mu.Lock()
		k.shown = append(k.shown, data)
		k.mu.Unlock()
	}
}

// capture runs f as in a cell and returns what it displayed.
func capture(t *testing.T, f func() error) []*protocol.DisplayData {
	t.Helper()
	k, err := startKernel()
	if err != nil {
		t.Fatal(err)
	}
	gonbui.IsNotebook = true
	defer func() { gonbui.IsNotebook = false }()
	k.mu.Lock()
	k.shown = nil
	k.mu.Unlock()
	if err := f(); err != nil {
		t.Fatal(err)
	}
	gonbui.Sync()
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.shown
}
