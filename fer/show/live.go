package show

import (
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)

// Live is a picture that changes while a cell runs, such as the curves of a training. Only a person who watches sees
// it; draw the final figure with [Show]. The zero value is ready to use.
type Live struct {
	id   string
	last time.Time
}

// livePause is the shortest time between two pictures, so that drawing does not slow what it shows.
const livePause = time.Second

// Update replaces the picture. It draws nothing if nobody watches, or if the last picture is not yet a second old.
func (l *Live) Update(item Item) error {
	if !Watched() || time.Since(l.last) < livePause {
		return nil
	}
	rich, err := item.HTML()
	if err != nil {
		return err
	}
	if l.id == "" {
		l.id = "live_" + gonbui.UniqueId()
	}
	gonbui.UpdateHTML(l.id, rich)
	l.last = time.Now()
	return gonbui.Error()
}

// Close removes the picture.
func (l *Live) Close() error {
	if l.id == "" {
		return nil
	}
	gonbui.UpdateHTML(l.id, "")
	gonbui.Sync()
	*l = Live{}
	return gonbui.Error()
}
