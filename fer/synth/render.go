package synth

import (
	"sync"

	"ferlab/fer"
)

// MaskThreshold is how many grey levels of 255 a pixel of the final picture must change by to belong to the mask.
const MaskThreshold = 8

var canvases = sync.Pool{New: func() any { return new(canvas) }}

// Render draws a face and the mask of the pixels that carry its expression (see the package comment). Equal Params give
// equal pixels.
func Render(p Params) (*fer.Image, *fer.Mask) {
	c := canvases.Get().(*canvas)
	defer canvases.Put(c)
	img, mask := new(fer.Image), new(fer.Mask)
	c.surround(&p)
	c.face(&p, p.Action, img)
	if p.Emotion == fer.Neutral {
		for i := range mask {
			r := regionAt(&p.Identity, c.fu[i], c.fv[i])
			mask[i] = (r == Brows || r == Eyes || r == Mouth) && c.cover[i] < 0.5
		}
		return img, mask
	}
	var rest fer.Image
	c.face(&p, ActionUnits{}, &rest)
	for i := range mask {
		mask[i] = max(img[i], rest[i])-min(img[i], rest[i]) > MaskThreshold
	}
	return img, mask
}

// surround draws all that does not depend on the action units: behind and front.
func (c *canvas) surround(p *Params) {
	c.place(p.Pose, p.Texture)
	c.background(p)
	c.front, c.cover = plane{}, plane{}
	c.hair(p)
	c.glasses(p)
	c.occlude(p)
}

// face draws the face in one state of its muscles between what is behind and what is before it, and takes the picture.
func (c *canvas) face(p *Params, action ActionUnits, img *fer.Image) {
	m := newMotion(&p.Identity, action)
	c.relief(p, m)
	c.skin(p, m)
	c.eyes(p, m)
	c.mouth(p, m)
	c.beard(p, m)
	c.brows(p, m)
	c.compose(p, m)
	c.photograph(p, img)
}

// compose lights the surface and lays the three layers over each other.
func (c *canvas) compose(p *Params, m *motion) {
	id, light := &p.Identity, &p.Light
	for i := range c.grey {
		r, nu, nv := outline(id, m, c.hu[i], c.hv[i])
		value := c.behind[i]
		if r < 1.15 && c.cover[i] < 0.999 {
			inside := float32(1)
			if r > 0.8 {
				inside = c.edge((r - 1) / sqrt(nu*nu+nv*nv))
			}
			nz := sqrt(max(0.04, 1-0.85*r))
			// The ellipsoid's normal is its implicit gradient; the relief tilts it.
			x, y := nu*9-c.gu[i], nv*9-c.gv[i]
			n := 1 / sqrt(x*x+y*y+nz*nz)
			toLamp := (x*light.X + y*light.Y + nz*light.Z) * n
			lit := max(0, 0.35+0.65*toLamp) // wrapped: skin scatters light round the edge
			shine := max(0, toLamp-0.9) * 10
			surface := c.albedo[i]*(light.Ambient+(1.1-light.Ambient)*lit) + light.Specular*0.12*shine*shine*c.gloss[i]
			value += inside * (surface - value)
		}
		c.grey[i] = value*(1-c.cover[i]) + c.front[i]
	}
}

// photograph blurs, sets the tone, adds noise and rounds to grey levels.
func (c *canvas) photograph(p *Params, img *fer.Image) {
	s2 := p.Camera.Blur * p.Camera.Blur
	side := s2 / (2 + 2*s2) // a 3-tap kernel whose variance is 2·side ≈ s² for small s
	const n = fer.Size
	for y := range n {
		row, out := c.grey[y*n:y*n+n], c.swap[y*n:y*n+n]
		out[0], out[n-1] = row[0], row[n-1]
		for x := 1; x < n-1; x++ {
			out[x] = row[x] + side*(row[x-1]+row[x+1]-2*row[x])
		}
	}
	gain := p.Camera.Contrast * 255
	offset := 127.5*(1-p.Camera.Contrast) + p.Camera.Brightness*255
	for y := range n {
		up, down := max(0, y-1)*n, min(n-1, y+1)*n
		for x := range n {
			i := y*n + x
			value := c.swap[i] + side*(c.swap[up+x]+c.swap[down+x]-2*c.swap[i])
			value *= 1 + p.Light.Shadow*(float32(x)-23.5)/n
			img[i] = uint8(max(0, min(255, value*gain+offset+c.noise[i]*p.Camera.Noise+0.5)))
		}
	}
}
