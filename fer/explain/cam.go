package explain

import (
	"errors"
	"fmt"
	"image"
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"ferlab/fer"
)

// CAMLayer says which layer a class activation map is taken from and how it is laid over the image. The zero value is ready
// for use.
type CAMLayer struct {
	// Layer is a layer with positions, such as "relu3"; empty means the deepest ReLU with at least 8×8 of them.
	Layer string
	// Stretch lays the map over the whole image, as other programs do, instead of placing each position where it looks.
	Stretch bool
}

func (c CAMLayer) suffix() string {
	s := ""
	if c.Layer != "" {
		s = " " + c.Layer
	}
	if c.Stretch {
		s += " stretched"
	}
	return s
}

// ErrNeedsConvolution says that a net is of the wrong kind for a method.
var ErrNeedsConvolution = errors.New("a class activation map needs a convolution; use gradient, integrated-gradients or occlusion")

const minPositions = 8 // height and width of the default layer

// resolve returns the layer's name, size and channels.
func (c CAMLayer) resolve(m *Model) (name string, height, width, channels int, err error) {
	if c.Layer == "" {
		for _, l := range m.layers {
			if l.Type == "ReLU" && len(l.Output) == 3 && (c.Layer == "" || l.Output[0] >= minPositions) {
				c.Layer = l.Name
			}
		}
		if c.Layer == "" {
			return "", 0, 0, 0, fmt.Errorf("the net %s has no layer with positions: %w", m.Name, ErrNeedsConvolution)
		}
	}
	l, err := m.Layer(c.Layer)
	if err != nil {
		return "", 0, 0, 0, err
	}
	if len(l.Output) != 3 {
		return "", 0, 0, 0, fmt.Errorf("layer %s (%s) has no positions: a class activation map needs a convolution, its batch norm, ReLU or pool", l.Name, l.Type)
	}
	return l.Name, l.Output[0], l.Output[1], l.Output[2], nil
}

// weighing turns a layer's activations and gradients, [positions][channels] flattened, into one value per position.
type weighing func(activations, gradients []float32, channels int) []float64

// attribute makes class activation maps.
func (c CAMLayer) attribute(method Method, m *Model, images []*fer.Image, classes []fer.Emotion, weigh weighing) ([]*Map, error) {
	if err := check(images, classes); err != nil {
		return nil, err
	}
	name, height, width, channels, err := c.resolve(m)
	if err != nil {
		return nil, err
	}
	out, err := m.call("cam "+name, func(_, score, images *graph.Node) []*graph.Node {
		activation := output(images.Graph(), name)
		return []*graph.Node{activation, graph.Gradient(score, activation)[0]}
	}, allPixels(images), classes)
	if err != nil {
		return nil, err
	}
	grid, err := m.Grid(name)
	if err != nil {
		return nil, err
	}
	place := grid.fade
	if c.Stretch {
		place = stretched(height, width).upsample
	}
	maps := make([]*Map, len(images))
	for i := range maps {
		cam := weigh(out[0][i], out[1][i], channels)
		for k, v := range cam {
			cam[k] = math.Max(v, 0) // NaN stays NaN.
		}
		maps[i] = &Map{Values: place(cam)}
	}
	return checked(method, maps, fmt.Sprintf("zero everywhere: no position of %s speaks for the class; take a layer nearer to the image", name))
}

// Grid says where a layer's positions lie in the image: position (row, column) sees a square window whose centre is at pixel
// (Y + StepY·row, X + StepX·column).
type Grid struct {
	Height, Width      int
	X, Y, StepX, StepY float64
	Window             int // Side of the window, in pixels.
}

// Patch returns the part of an image that a position sees, counted row by row.
func (g Grid) Patch(position int) image.Rectangle {
	left := g.X + g.StepX*float64(position%g.Width) - float64(g.Window-1)/2
	top := g.Y + g.StepY*float64(position/g.Width) - float64(g.Window-1)/2
	x, y := int(math.Round(left)), int(math.Round(top))
	return image.Rect(x, y, x+g.Window, y+g.Window).Intersect(image.Rect(0, 0, fer.Size, fer.Size))
}

// Grid returns the grid of a layer with positions, from the strides and windows of the layers before it.
func (m *Model) Grid(layer string) (Grid, error) {
	if _, err := m.Layer(layer); err != nil {
		return Grid{}, err
	}
	g := Grid{Height: fer.Size, Width: fer.Size, StepX: 1, StepY: 1, Window: 1}
	channels := 1
	for _, l := range m.layers {
		if len(l.Output) != 3 {
			return Grid{}, fmt.Errorf("layer %s has no positions in the image", layer)
		}
		height, width := l.Output[0], l.Output[1]
		switch l.Type {
		case "Conv2D": // Of stride 1: without padding the output is smaller than the input, on all sides alike.
			g.Y += g.StepY * float64(g.Height-height) / 2
			g.X += g.StepX * float64(g.Width-width) / 2
			kernel := math.Sqrt(float64(l.Params) / float64(channels*l.Output[2])) // A bias adds less than 1 to it.
			g.Window += int(g.StepY) * (int(kernel) - 1)
		case "MaxPooling2D":
			g.Window += int(g.StepY)
			g.Y, g.X = g.Y+g.StepY/2, g.X+g.StepX/2
			g.StepY, g.StepX = 2*g.StepY, 2*g.StepX
		}
		g.Height, g.Width, channels = height, width, l.Output[2]
		if l.Name == layer {
			break
		}
	}
	return g, nil
}

// stretched is the grid of a map that covers the whole image.
func stretched(height, width int) Grid {
	stepY, stepX := float64(fer.Size)/float64(height), float64(fer.Size)/float64(width)
	return Grid{Height: height, Width: width, X: (stepX - 1) / 2, Y: (stepY - 1) / 2, StepX: stepX, StepY: stepY}
}

// fade is upsample with a ring of zeros around the positions: where the layer doesn't look, the map says nothing.
func (g Grid) fade(cam []float64) [fer.Pixels]float64 {
	ring := g
	ring.Height, ring.Width, ring.X, ring.Y = g.Height+2, g.Width+2, g.X-g.StepX, g.Y-g.StepY
	padded := make([]float64, ring.Height*ring.Width)
	for y := range g.Height {
		copy(padded[(y+1)*ring.Width+1:], cam[y*g.Width:(y+1)*g.Width])
	}
	return ring.upsample(padded)
}

// upsample interpolates linearly between positions; beyond the outermost it repeats them.
func (g Grid) upsample(cam []float64) (values [fer.Pixels]float64) {
	place := func(pixel int, start, step float64, n int) (low, high int, t float64) {
		p := min(max((float64(pixel)-start)/step, 0), float64(n-1))
		low = int(p)
		return low, min(low+1, n-1), p - float64(low)
	}
	for y := range fer.Size {
		y0, y1, ty := place(y, g.Y, g.StepY, g.Height)
		for x := range fer.Size {
			x0, x1, tx := place(x, g.X, g.StepX, g.Width)
			top := (1-tx)*cam[y0*g.Width+x0] + tx*cam[y0*g.Width+x1]
			bottom := (1-tx)*cam[y1*g.Width+x0] + tx*cam[y1*g.Width+x1]
			values[y*fer.Size+x] = (1-ty)*top + ty*bottom
		}
	}
	return values
}
