package show

import (
	"fmt"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/comms"
	"github.com/janpfeifer/gonb/gonbui/dom"
)

const (
	// The kernel tests a connection again only if it has been silent for a second.
	answerWait = 1500 * time.Millisecond
	// So many times the page is asked, for about a minute if each connection takes the three seconds that the kernel
	// waits for it.
	connectTries = 15
)

// connect makes sure that the page's messages reach the cell: it has the page send one to the address, and connects
// anew until it comes. It reports whether it came.
//
// GoNB asks once and hopes. The page gives its connection up if the kernel's acknowledgement doesn't come within half a
// second, and Jupyter loses that acknowledgement where it has not yet subscribed to what the kernel publishes: it
// doesn't wait for its subscription if the kernel is busy, and a kernel that runs a cell is. The kernel then takes the
// connection for open, and every widget waits for ever. What the cell listens to must be subscribed to before, since
// each subscription may make the kernel connect anew. The address stays subscribed to: a value that comes after its end
// locks GoNB's subscriptions for ever.
func connect(address string) bool {
	answered := make(chan struct{}, 1)
	comms.Subscribe(address, func(string, int) { note(answered) })
	for range connectTries {
		comms.Start()
		gonbui.Sync() // The kernel has tried to connect.
		dom.TransientJavascript(fmt.Sprintf("globalThis.gonb_comm?.send(%q, 1)", address))
		select {
		case <-answered:
			return true
		case <-time.After(answerWait):
		}
	}
	return false
}
