//go:build js && wasm

// Browser is the part of the live page that is Go compiled to WebAssembly: it decodes photos, finds their faces and
// crops them by ferlab/fer/photo, so that the page's nets see the very pixels that the programs' do.
//
// It gives the page's worker an object ferlabPhoto with two functions. Both return
//
//	{faces: [{x, y, side, tilt, score, unfound, pixels: Uint8Array(2304)}], width, height, error}
//
// where the error is a sentence, or empty. file(bytes) takes a file; its result also has a preview to be shown, RGBA of
// previewWidth by previewHeight. frame(rgba, width, height) takes a picture of a camera, in which it looks for faces
// from a tenth of the longer side on.
package main

import (
	"bytes"
	"image"
	"syscall/js"

	"golang.org/x/image/draw"

	"ferlab/fer/photo"
)

// frameShare is the side of the smallest face of a camera's picture, as a part of the longer side.
const frameShare = 0.1

// maxPreview is the longer side of a preview, in pixels.
const maxPreview = 1600

func main() {
	js.Global().Set("ferlabPhoto", map[string]any{
		"file": js.FuncOf(func(_ js.Value, args []js.Value) any {
			data := make([]byte, args[0].Length())
			js.CopyBytesToGo(data, args[0])
			img, err := photo.Decode(bytes.NewReader(data), nil)
			if err != nil {
				return map[string]any{"error": err.Error()}
			}
			result := faces(img, nil)
			preview := shrink(img)
			size := preview.Rect.Size()
			result["preview"], result["previewWidth"], result["previewHeight"] = toJS(preview.Pix), size.X, size.Y
			return result
		}),
		"frame": js.FuncOf(func(_ js.Value, args []js.Value) any {
			img := image.NewRGBA(image.Rect(0, 0, args[1].Int(), args[2].Int()))
			js.CopyBytesToGo(img.Pix, args[0])
			smallest := int(frameShare * float64(max(img.Rect.Dx(), img.Rect.Dy())))
			return faces(img, &photo.Options{Faces: photo.Search, Smallest: max(smallest, 30)})
		}),
	})
	select {} // The functions live as long as the worker.
}

func faces(img image.Image, o *photo.Options) map[string]any {
	found, err := photo.Detect(img, o)
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	list := make([]any, len(found))
	for i, f := range found {
		corner := f.Box.Min.Sub(img.Bounds().Min)
		list[i] = map[string]any{"x": corner.X, "y": corner.Y, "side": f.Box.Dx(), "tilt": f.Tilt,
			"score": f.Score, "unfound": f.Unfound, "pixels": toJS(f.Image[:])}
	}
	return map[string]any{"faces": list, "width": img.Bounds().Dx(), "height": img.Bounds().Dy(), "error": ""}
}

// shrink returns the picture on white, scaled down if it is larger than a preview.
func shrink(img image.Image) *image.RGBA {
	b := img.Bounds()
	scale := max(1, float64(max(b.Dx(), b.Dy()))/maxPreview)
	m := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())/scale)), max(1, int(float64(b.Dy())/scale))))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(m, m.Rect, img, b, draw.Over, nil)
	return m
}

func toJS(data []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(data))
	js.CopyBytesToJS(array, data)
	return array
}
