package onednn

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"
)

// maxUnused bounds the compiled programs that are kept though nothing uses them any more. A training step of the
// report's CNN takes about 40 MiB.
const maxUnused = 8

// A key stands for a client, the options of compiling, and a program.
type key [sha256.Size]byte

func keyOf(client uintptr, options, program []byte) key {
	return keyWith(binary.LittleEndian.AppendUint64(nil, uint64(client)), options, program)
}

func keyWith(first, options, program []byte) key {
	h := sha256.New()
	h.Write(first)
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(options))))
	h.Write(options)
	h.Write(program)
	return key(h.Sum(nil))
}

// A cache knows what was compiled in this process, and gives it to whoever compiles the same once more, such as the
// next training of a sweep: compiling takes seconds, and a program has no state. An executable is an address in XLA's
// memory, 0 stands for none.
type cache struct {
	mu     sync.Mutex
	byKey  map[key]*executable
	known  map[uintptr]*executable
	unused []*executable // The longest unused first.
	added  int           // Executables so far.
}

type executable struct {
	key             key
	address, client uintptr
	users           int
	ended           bool // Its client has ended: its last user destroys it.
}

// compiled has the executables that XLA's compile call made in this process.
var compiled cache

// find returns the executable of a key for one more user, or 0.
func (c *cache) find(k key) uintptr {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[k]
	if e == nil {
		return 0
	}
	e.users++
	c.takeFromUnused(e)
	return e.address
}

// add keeps a new executable, which has one user, unless another one of its key is there: two may compile at the same
// time.
func (c *cache) add(k key, address, client uintptr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[k] != nil {
		return
	}
	if c.byKey == nil {
		c.byKey, c.known = map[key]*executable{}, map[uintptr]*executable{}
	}
	c.added++
	e := &executable{key: k, address: address, client: client, users: 1}
	c.byKey[k], c.known[address] = e, e
}

// release ends one user's use of an executable. It returns the executable that nobody has any longer and that is to be
// destroyed now, or 0.
func (c *cache) release(address uintptr) uintptr {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.known[address]
	if e == nil {
		return address
	}
	if e.users--; e.users > 0 {
		return 0
	}
	if e.ended {
		return c.forget(e)
	}
	if c.unused = append(c.unused, e); len(c.unused) <= maxUnused {
		return 0
	}
	return c.forget(c.unused[0])
}

// leave returns an unused executable of a client that ends, to be destroyed before it, or 0 if there is none left.
func (c *cache) leave(client uintptr) uintptr {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.known {
		if e.client == client && !e.ended {
			if e.users == 0 {
				return c.forget(e)
			}
			e.ended = true
			delete(c.byKey, e.key)
		}
	}
	return 0
}

// forget returns the address of an executable that nobody can find from now on.
func (c *cache) forget(e *executable) uintptr {
	if c.byKey[e.key] == e {
		delete(c.byKey, e.key)
	}
	delete(c.known, e.address)
	c.takeFromUnused(e)
	return e.address
}

func (c *cache) takeFromUnused(e *executable) {
	c.unused = slices.DeleteFunc(c.unused, func(u *executable) bool { return u == e })
}
