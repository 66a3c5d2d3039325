package raster

import (
	"bytes"
	"encoding/binary"
	"image"

	"github.com/disintegration/imaging"
)

// orientation returns EXIF's tag Orientation, 1 … 8, which says how a picture is to be turned; 1, not at all, if there
// is none.
func orientation(format string, data []byte) int {
	o := 1
	look := func(exif []byte) {
		if n := tag(exif); o == 1 {
			o = n
		}
	}
	switch format {
	case "JPEG":
		jpegEXIF(data, look)
	case "PNG":
		pngEXIF(data, look)
	case "WebP":
		webpEXIF(data, look)
	case "TIFF":
		look(data)
	}
	return o
}

// jpegEXIF hands over the EXIF of every segment APP1 that holds one; others hold XMP.
func jpegEXIF(data []byte, look func([]byte)) {
	for rest := data[2:]; len(rest) >= 4 && rest[0] == 0xff; {
		marker := rest[1]
		size := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		switch {
		case marker == 0xff: // A fill byte.
			rest = rest[1:]
			continue
		case marker == 0xda || size < 4 || size > len(rest): // Start of scan, or nonsense.
			return
		case marker == 0xe1 && bytes.HasPrefix(rest[4:size], []byte("Exif\x00")) && size > 10:
			look(rest[10:size])
		}
		rest = rest[size:]
	}
}

// pngEXIF hands over the chunks eXIf; each chunk is length, name, content, checksum.
func pngEXIF(data []byte, look func([]byte)) {
	for rest := data[8:]; len(rest) >= 12; {
		size := uint64(binary.BigEndian.Uint32(rest))
		if size+12 > uint64(len(rest)) {
			return
		}
		if string(rest[4:8]) == "eXIf" {
			look(rest[8 : 8+size])
		}
		rest = rest[12+size:]
	}
}

// webpEXIF hands over the chunks EXIF; each chunk is name, length, content, and a byte if that is odd. Some programs
// begin the content as in a JPEG.
func webpEXIF(data []byte, look func([]byte)) {
	for rest := data[12:]; len(rest) >= 8; {
		size := uint64(binary.LittleEndian.Uint32(rest[4:]))
		if size+8 > uint64(len(rest)) {
			return
		}
		if string(rest[:4]) == "EXIF" {
			look(bytes.TrimPrefix(rest[8:8+size], []byte("Exif\x00\x00")))
		}
		rest = rest[min(8+size+size%2, uint64(len(rest))):]
	}
}

// tag reads the tag Orientation (0x0112) of a TIFF's first directory, 1 if there is none, or none of 1 … 8.
func tag(tiff []byte) int {
	var order binary.ByteOrder
	switch {
	case len(tiff) < 8:
		return 1
	case string(tiff[:4]) == "II*\x00":
		order = binary.LittleEndian
	case string(tiff[:4]) == "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	start := uint64(order.Uint32(tiff[4:]))
	if start+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[start+2:]
	for range order.Uint16(tiff[start:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 {
			value := uint32(order.Uint16(entries[8:]))
			if order.Uint16(entries[2:]) == 4 { // LONG instead of SHORT.
				value = order.Uint32(entries[8:])
			}
			if value >= 1 && value <= 8 {
				return int(value)
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// upright undoes an orientation.
func upright(m image.Image, orientation int) image.Image {
	switch orientation {
	case 2:
		return imaging.FlipH(m)
	case 3:
		return imaging.Rotate180(m)
	case 4:
		return imaging.FlipV(m)
	case 5:
		return imaging.Transpose(m)
	case 6:
		return imaging.Rotate270(m)
	case 7:
		return imaging.Transverse(m)
	case 8:
		return imaging.Rotate90(m)
	}
	return m
}
