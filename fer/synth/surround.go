package synth

import (
	"math"

	"ferlab/fer"
)

// background paints what is behind the face: a wall with soft shapes, the shoulders, the neck, the ears.
func (c *canvas) background(p *Params) {
	s, id := &p.Scene, &p.Identity
	gx, gy := float32(math.Cos(float64(s.Turn)))*s.Slope/fer.Size, float32(math.Sin(float64(s.Turn)))*s.Slope/fer.Size
	for y := range fer.Size {
		for x := range fer.Size {
			i := y*fer.Size + x
			grey := s.Grey + gx*(float32(x)-23.5) + gy*(float32(y)-23.5)
			for k := range s.Blobs {
				b := &s.Blobs[k]
				grey += 0.6 * (b.Grey - grey) * hump((float32(x)-b.X)/b.RX, (float32(y)-b.Y)/b.RY)
			}
			u, v := c.hu[i], c.hv[i]
			if v > 12 {
				width := id.HalfWidth*0.62 + max(0, v-23)*0.5
				neck := c.edge(abs(u) - width)
				grey += neck * (id.Skin*(0.5+0.1*p.Light.X*u/width) - grey)
				shoulder := id.Chin + 5 + abs(u)*0.3 - 4*hump(u/30, 0)
				if abs(u) > 6 {
					grey += c.edge(shoulder-v) * (s.Clothes*(0.75+0.2*p.Light.X*u/24) - grey)
				}
			}
			if ear := ellipse(abs(u)-id.HalfWidth-0.2, v+1, 2.6, 4.6); ear < 1 {
				side := float32(1)
				if u < 0 {
					side = -1
				}
				lit := 0.75 + 0.25*side*p.Light.X
				inner := 0.25 * hump((abs(u)-id.HalfWidth-0.3)/1.8, (v+1)/3.4)
				grey += c.edge(ear+side*p.Pose.Yaw*1.5) * (id.Skin*lit*(0.85-inner) - grey)
			}
			c.behind[i] = clamp(grey)
		}
	}
}

// hair paints the hair, or what covers it: long hair also behind the face.
func (c *canvas) hair(p *Params) {
	id := &p.Identity
	style := id.HairStyle
	if style == Bald {
		return
	}
	for i := range c.front {
		u, v, fu := c.hu[i], c.hv[i], c.fu[i]
		if v > 6 && style != Long && style != Headscarf {
			continue
		}
		x := abs(fu) / id.HalfWidth
		x4 := x * x * x * x
		volume, bumps := float32(2), float32(0)
		edgeV := id.Hairline + 11*x4 // the hairline comes down at the temples
		bottom := float32(-3)        // of the hair at the sides
		switch style {
		case Fringe:
			edgeV = -12.8 + 0.9*sin(fu*1.1) + 7*x4
			bottom = 2
		case SidePart:
			edgeV = id.Hairline - 1 + 0.28*(fu+6) + 9*x4
			if fu < -6 {
				edgeV = id.Hairline - 1 - 0.45*(fu+6) + 2*x4
			}
		case Long:
			volume, bottom = 4, 40
			edgeV = id.Hairline - 1 + 13*x*x*x
		case Curly:
			volume, bottom = 4.5, 1
			bumps = 1.1 * sin(u*0.9) * sin(v*0.9)
			edgeV += bumps
		case Beanie:
			volume, bottom, edgeV = 2.2, -9, -12.5+2*x*x
		case Headscarf:
			volume, bottom, edgeV = 3.5, 40, -15+30*x4
		}
		outer := ellipse(u, min(v, 0), id.HalfWidth+volume, id.Crown+volume+0.5) + bumps
		// beside it, or the middle of the face
		if outer > 1 || v > bottom+4 || x < 0.75 && v < 15 && c.fv[i] > edgeV+3 {
			continue
		}
		var strand float32
		if style < Beanie {
			strand = c.strand(i)
			edgeV += 0.8*sin(fu*1.9+id.Hairline*7) + 0.6*strand
		}
		opacity := c.edge(outer) * ramp(bottom+2, bottom-1, v)
		if opacity == 0 {
			continue
		}
		sheen := 0.8 + 0.35*p.Light.X*u/20 - 0.25*p.Light.Y*hump(u/22, (v+18)/9)
		grey := id.Hair * sheen * (1 + 0.22*strand)
		if style >= Beanie {
			grey = id.Hair * sheen * (1 + 0.08*sin(u*1.6))
			if style == Headscarf {
				grey = id.Hair * sheen * (1 + 0.1*sin((abs(u)-v*0.2)*0.8))
			} else if v > -16.5 {
				grey *= 0.8 // brim
			}
		}
		c.behind[i] += opacity * (grey*0.8 - c.behind[i])
		before := opacity * ramp(0.9, -0.9, c.fv[i]-edgeV)
		if style == Long || style == Headscarf || v < 0 {
			c.lay(i, grey, before)
		}
	}
}

// glasses paints the frames and a trace of reflection.
func (c *canvas) glasses(p *Params) {
	id := &p.Identity
	if id.Glasses <= 0 {
		return
	}
	size, v0 := id.GlassesSize, id.EyeHeight+0.6
	const frame = 0.5
	dark := float32(0.08)
	for _, s := range [2]float32{-1, 1} {
		centre := s * (id.EyeGap + 0.1)
		c.box(centre-size-1, v0-size, centre+size+1, v0+size, func(i int, u, v float32) {
			x, y := (u-centre)/size, (v-v0)/(size*0.78)
			d := (sqrt(sqrt(x*x*x*x+y*y*y*y)) - 1) * size * 0.8
			if d < 0 {
				c.lay(i, 0.9, 0.10*id.Glasses*clamp(1+0.7*sin(u*0.8+v*0.8)))
			}
			c.lay(i, dark, id.Glasses*c.edge(abs(d)-frame))
		})
		low, high := min(centre+s*size, s*id.HalfWidth), max(centre+s*size, s*id.HalfWidth)
		c.box(low, v0-2.5, high, v0+1, func(i int, u, v float32) {
			if u > low && u < high {
				c.lay(i, dark, id.Glasses*c.edge(abs(v-v0+1)-frame))
			}
		})
	}
	bridge := id.EyeGap + 0.1 - size
	c.box(-bridge, v0-3, bridge, v0+1, func(i int, u, v float32) {
		if abs(u) < bridge {
			c.lay(i, dark, id.Glasses*c.edge(abs(v-v0+0.6+0.3*(1-u*u/(bridge*bridge)))-frame))
		}
	})
}

// occlude paints the thing in front of the face.
func (c *canvas) occlude(p *Params) {
	o := &p.Occlusion
	if o.Kind == Nothing {
		return
	}
	co, si := float32(math.Cos(float64(o.Angle))), float32(math.Sin(float64(o.Angle)))
	for i := range c.front {
		u, v := c.hu[i]-o.U, c.hv[i]-o.V
		x, y := (co*u+si*v)/o.Size, (co*v-si*u)/o.Size
		switch o.Kind {
		case Hand:
			d := ellipse(x, y-11, 6.5, 8)
			grey := o.Grey * (0.95 + 0.04*p.Light.X*x)
			for finger := range 4 {
				fx := float32(finger)*3.1 - 4.6
				length := float32(7) - 1.2*abs(float32(finger)-1.6)
				f := capsule(x, y, fx*0.9, 8, fx*1.15, 3-length, 1.45)
				if f < 0.5 && y < 6 {
					grey *= 1 - 0.45*ramp(-0.9, 0.3, f)
				}
				d = min(d, f)
			}
			shadow := 0.35 * ramp(2.5, 0, d)
			c.lay(i, grey*0.3, shadow*0.6)
			c.lay(i, grey, c.edge(d))
		case Scarf:
			d := -(y + 0.9*hump(x/14, 0)) // its rim sags to the sides
			grey := o.Grey * (0.85 + 0.18*sin(y*0.9+0.05*x*x)) * (0.9 + 0.3*p.Light.X*x/24)
			c.lay(i, 0.1, 0.35*ramp(1.6, 0, d))
			c.lay(i, grey, c.edge(max(d, abs(x)-23)))
		case Lock:
			width := 3.2 * (1 - clamp((y-8)/16)*0.75)
			d := max(abs(x-1.2*sin(y*0.22))-width, y-22)
			c.lay(i, o.Grey*0.3, 0.4*ramp(1.6, 0, d))
			c.lay(i, o.Grey*(0.95+0.25*sin(x*2.4)), c.edge(d))
		case Watermark:
			d := abs(y) - 2.2
			letter := abs(sin(x*1.3)) - 0.45 - 0.25*sin(x*2.9+2)
			if abs(x) < 11 {
				c.lay(i, o.Grey, 0.45*c.edge(d)*clamp(letter*3))
			}
		}
	}
}
