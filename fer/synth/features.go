package synth

// motion is where the muscles move the features, in face units.
type motion struct {
	a     ActionUnits
	sides [2]float32 // how strongly the left and right halves act
	jaw   float32    // how far the chin moves down
	mouth mouthShape
}

func newMotion(id *Identity, action ActionUnits) *motion {
	m := &motion{a: action, sides: [2]float32{1 - id.Asymmetry, 1 + id.Asymmetry}}
	m.jaw = 3.2*action[JawDrop] - 0.5*action[ChinRaise]
	m.mouth = newMouthShape(id, m)
	return m
}

// outline returns the head's implicit function at (u, v), below 1 inside, and its gradient.
func outline(id *Identity, m *motion, u, v float32) (r, du, dv float32) {
	height, square := id.Crown, float32(0.15)
	if v > 0 {
		height, square = id.Chin+m.jaw, id.Jaw*0.55
	}
	x, y := u/id.HalfWidth, v/height
	if v > 0 { // cheeks narrow towards the chin
		x *= 1 + 0.16*(1-id.Jaw)*y*y
	}
	x2, y2 := x*x, y*y
	r = (1-square)*(x2+y2) + square*(x2*x2+y2*y2)
	du = (2*(1-square) + 4*square*x2) * x / id.HalfWidth
	dv = (2*(1-square) + 4*square*y2) * y / height
	return r, du, dv
}

// relief builds the hills and hollows that the light plays on.
func (c *canvas) relief(p *Params, m *motion) {
	id, a := &p.Identity, &m.a
	c.gu, c.gv = plane{}, plane{}
	tip := id.NoseLength - 0.5*a[NoseWrinkle]
	c.bump(0, tip-4.5, 3.6, 9.5, 0.4*id.NoseHeight)              // bridge
	c.bump(0, tip-0.3, id.NoseWidth+0.6, 3.8, 0.4*id.NoseHeight) // tip
	c.bump(0, -15, 15, 7, 1)                                     // forehead
	c.bump(0, id.Chin-3.5+m.jaw, 5.5, 3.6, 1+0.8*a[ChinRaise])
	for k, s := range [2]float32{-1, 1} {
		act := m.sides[k]
		cheek := (0.9*a[CheekRaise] + 0.5*a[LipCornerPull]) * act
		c.bump(s*id.NoseWidth*0.85, tip+1.1-0.7*a[NoseWrinkle], 1.9, 2, 0.6+0.4*a[NoseWrinkle]) // wing
		c.bump(s*id.EyeGap, id.EyeHeight-0.5, 6, 4.2, -1)                                       // socket
		// brow bone
		c.bump(s*(id.EyeGap-0.5), id.BrowHeight+0.6+1.6*a[BrowLower]*act, 6.5, 2.6, 0.4+0.7*a[BrowLower]*act)
		c.bump(s*(id.EyeGap+1.2), 4.2-1.3*cheek, 6.2, 5.2-0.7*cheek, 0.9+1.9*cheek) // cheek
		// bulge beside the nose's root
		c.bump(s*2.6, id.BrowHeight+1.5, 2, 3, 0.7*a[BrowLower]*act)
		// hollow beside the mouth
		c.bump(s*(id.MouthWidth+3.5), id.MouthHeight+1.5, 3.2, 5, -0.7*max(0, id.Age)-0.5*a[LipCornerDepress])
	}
}

// skin paints the bare face: its albedo, the shadows that light from everywhere leaves, and its lines.
func (c *canvas) skin(p *Params, m *motion) {
	id, a := &p.Identity, &m.a
	for i := range c.albedo {
		c.albedo[i] = id.Skin
		c.gloss[i] = 1
	}
	tip := id.NoseLength - 1.1*a[NoseWrinkle] - 0.3*a[UpperLipRaise]
	corner := m.mouth.corner
	// Across the forehead.
	raise := max(a[InnerBrowRaise], a[OuterBrowRaise])
	half := 4.5 + 6.5*a[OuterBrowRaise] + 4*max(0, id.Age)
	for line := range 3 {
		amount := 0.3*max(0, id.Age-0.3) + (0.16+0.22*id.Age)*raise
		v := id.BrowHeight - 4.2 - 2.4*float32(line) - 0.6*raise
		c.crease(-half, v+0.5, half, v+0.5, -0.8, 1, amount*(1-0.2*float32(line)))
	}
	// Between the brows and over the nose.
	root := id.BrowHeight + 1.4*a[BrowLower]
	for _, s := range [2]float32{-1, 1} {
		c.crease(s*1.5, root-1.8, s*1.2, root+2.8, -s*0.2, 1.2, 0.42*a[BrowLower]*(0.8+0.4*id.Age))
	}
	wrinkle := a[NoseWrinkle]
	c.crease(-2.6, id.EyeHeight-0.8, 2.6, id.EyeHeight-0.8, -0.7, 1.1, 0.55*wrinkle)
	c.crease(-3, id.EyeHeight+1.1, 3, id.EyeHeight+1.1, -0.8, 1.1, 0.45*wrinkle)
	for k, s := range [2]float32{-1, 1} {
		act := m.sides[k]
		c.crease(s*1.6, id.EyeHeight+0.5, s*4.4, id.EyeHeight+4.4, s*0.4, 1.3, 0.45*wrinkle*act)
		c.crease(s*2.2, id.EyeHeight+3, s*4.6, id.EyeHeight+6.6, s*0.4, 1.3, 0.35*wrinkle*act)
		// Eye sockets, bags and crow's feet.
		c.shade(s*(id.EyeGap-1.5), id.EyeHeight-0.8, 5.6, 4, 0.28)
		c.shade(s*(id.EyeGap-4.2), id.EyeHeight, 2.4, 4, 0.2)
		bag := 0.16 + 0.16*id.Age + 0.25*a[CheekRaise] + 0.12*a[LidTighten]
		c.crease(s*(id.EyeGap-4), id.EyeHeight+2.6, s*(id.EyeGap+4), id.EyeHeight+2.2, s*1.1, 1.2, bag*act)
		feet := 0.4*a[CheekRaise] + 0.25*max(0, id.Age-0.4)
		c.crease(s*(id.EyeGap+4.6), id.EyeHeight-0.2, s*(id.EyeGap+7.6), id.EyeHeight-1.6, 0, 0.7, feet*act)
		c.crease(s*(id.EyeGap+4.6), id.EyeHeight+0.8, s*(id.EyeGap+7.6), id.EyeHeight+1.6, 0, 0.7, feet*act)
		// From the nose's wing round the corner of the mouth.
		fold := 0.14 + 0.3*max(0, id.Age-0.2) +
			(0.42*a[LipCornerPull]+0.45*a[UpperLipRaise]+0.3*wrinkle+0.12*a[LipStretch])*act
		out := id.MouthWidth + 1.6 + 1.2*a[LipCornerPull] + 0.6*a[LipStretch] + 0.4*a[UpperLipRaise]
		c.crease(s*(id.NoseWidth+0.6), tip+0.4-0.8*a[UpperLipRaise], s*out, id.MouthHeight+0.6+corner[k]*0.7,
			-s*(0.9+0.8*a[LipCornerPull]+0.6*a[UpperLipRaise]), 1.8, min(0.42, fold))
		// From the corner of the mouth down.
		c.crease(s*m.mouth.width, id.MouthHeight+corner[k], s*(m.mouth.width+0.8), id.MouthHeight+corner[k]+4.5, -s*0.4,
			1.4, 0.35*a[LipCornerDepress]*act+0.15*max(0, id.Age-0.4))
		// Nose: side, nostril.
		c.shade(s*(id.NoseWidth+0.3), tip+0.8, 1.2, 2.2, 0.3)
		c.shade(s*1.6, tip+1.9, 1.3+0.3*wrinkle, 0.95, 0.85)
	}
	c.shade(0, tip+2.5, id.NoseWidth+1, 1.5, 0.32)
	c.shade(0, id.MouthHeight-2.6, 1.1, 2.2, 0.08*(1-a[UpperLipRaise])) // philtrum
	below := m.mouth.bottom(0) + 1.1
	c.shade(0, below, 4.6, 1.5, 0.28)
	if dimple := a[ChinRaise]; dimple > 0.05 {
		c.shade(0, id.Chin-4.2, 3.6, 1.8, 0.22*dimple)
	}
}

// brows paints the brows: AU1 lifts their inner ends, AU2 the outer ones, AU4 draws them down and together.
func (c *canvas) brows(p *Params, m *motion) {
	id, a := &p.Identity, &m.a
	for k, s := range [2]float32{-1, 1} {
		act := m.sides[k]
		up1, up2, down := a[InnerBrowRaise]*act, a[OuterBrowRaise]*act, a[BrowLower]*act
		inner, outer := 3.4-1.3*down, id.EyeGap+5.4
		// Heights of the inner end, the middle and the outer end.
		v0 := id.BrowHeight - 3.5*up1 + down*(3.1-1.5*a[InnerBrowRaise]) + 0.7*a[NoseWrinkle]*act
		v1 := id.BrowHeight - id.BrowArch - 1.7*up1 - 2.6*up2 + down*(1.7-1.1*a[InnerBrowRaise]) +
			0.7*a[NoseWrinkle]*act
		v2 := id.BrowHeight - id.BrowSlope + 0.3*up1 - 2.6*up2 - 0.4*down
		low, high := min(s*inner, s*outer), max(s*inner, s*outer)
		c.box(low-1, min(v0, v1, v2)-2.5, high+1, max(v0, v1, v2)+2.5, func(i int, u, v float32) {
			t := (s*u - inner) / (outer - inner)
			if t < -0.1 || t > 1.1 {
				return
			}
			q := clamp(t)
			// The parabola through the three heights.
			centre := v0*(1-q)*(1-2*q) + v1*4*q*(1-q) + v2*q*(2*q-1)
			slope := (v0*(4*q-3) + v1*(4-8*q) + v2*(4*q-1)) / (outer - inner)
			thick := id.BrowThick * (1.1 - 0.75*q*q) * 0.75
			distance := max(abs(v-centre)/sqrt(1+slope*slope)-thick, (abs(t-0.5)-0.5)*(outer-inner))
			c.mix(i, id.Brow*(1+0.15*c.strand(i)), 0.9*c.edge(distance))
			c.gloss[i] *= 0.3
		})
	}
}

// eyes paints the eyes: AU5 raises the upper lid, AU7 and AU6 narrow them from below, AU43 droops the upper lid.
func (c *canvas) eyes(p *Params, m *motion) {
	id, a := &p.Identity, &m.a
	for k, s := range [2]float32{-1, 1} {
		act := m.sides[k]
		upper := id.EyeOpen * max(0.18,
			1+(0.85*a[UpperLidRaise]-0.38*a[LidTighten]-0.25*a[CheekRaise]-0.72*a[LidDroop]-
				0.2*a[NoseWrinkle]-0.12*a[BrowLower])*act)
		lower := id.EyeOpen * max(0.1,
			0.72+(0.25*a[UpperLidRaise]-0.42*a[LidTighten]-0.5*a[CheekRaise]-0.2*a[NoseWrinkle])*act)
		size := id.EyeSize
		gaze := p.Pose.Gaze * 1.1
		centre := s * id.EyeGap
		iris := float32(1.95)
		c.box(centre-size-1.5, id.EyeHeight-upper-3, centre+size+1.5, id.EyeHeight+lower+2,
			func(i int, pu, pv float32) {
				u, v := pu-centre, pv-id.EyeHeight
				x := u / size
				tilt := -id.EyeTilt * x * s
				bow := 1 - x*x
				if bow < -0.3 {
					return
				}
				top, bottom := tilt-upper*bow*(1+0.25*x*x), tilt+lower*bow
				open := c.edge(max(top-v, v-bottom))
				if open > 0 {
					white := 0.88 - 0.22*hump((v-top)/1.6, 0) - 0.15*x*x
					c.mix(i, white, open)
					d := sqrt((u-gaze)*(u-gaze) + (v+0.2)*(v+0.2))
					c.mix(i, id.Iris, open*c.edge(d-iris))
					c.mix(i, 0.03, open*c.edge(d-0.85))
					glint := sqrt((u-gaze+0.6)*(u-gaze+0.6) + (v+0.8)*(v+0.8))
					c.mix(i, 1, 0.85*open*c.edge(glint-0.42))
					c.gloss[i] = 0
				}
				fade := clamp(1.2 - abs(x))
				lash := c.edge(abs(v-top+0.15) - 0.42)
				c.mix(i, id.Skin*0.16, 0.85*lash*clamp((1.15-abs(x))*4))
				c.mix(i, id.Skin*0.5, 0.5*fade*c.edge(abs(v-bottom-0.2)-0.25))
				crease := top - 1.15 - 0.35*a[UpperLidRaise]
				c.albedo[i] *= 1 - 0.3*fade*hump((v-crease)/0.9, 0)
			})
	}
}
