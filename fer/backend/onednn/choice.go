package onednn

// Instructions that oneDNN's code uses, as bits of its dnnl_cpu_isa_t.
const (
	avx2       = 0x07
	avx512bf16 = 0xe7  // AVX-512 with products of bfloat16.
	amx        = 0xfef // Matrix registers.
)

// has reports whether oneDNN's code uses these instructions here.
func has(instructions int) bool { return isa()&instructions == instructions }

// fewest is the number of multiply-adds below which the way to oneDNN and back costs more than it saves.
const fewest = 1 << 20

// fewestPixels is the number of pixels of a result below which XLA's convolution and its kernel's gradient are faster.
const fewestPixels = 9

// wins reports whether oneDNN's code was measured to be faster than XLA's own, shapes of the report's nets at a batch
// of 128, two cores (time of XLA divided by that of oneDNN; for bfloat16 convolutions, XLA's time is that of float32,
// which it has fast code for):
//
//   - AMX: convolutions of bfloat16 5–11, of float32 1.1–2.5; products of bfloat16 3.2–5.4, of float32 0.97.
//   - AVX-512 with bfloat16 (AMD Zen 5): convolutions of bfloat16 1.1–5.5; of float32 forward 0.8–1.6, kernel's
//     gradient 0.7–4.9, input's 0.7–3.4; but to 2×2 pixels forward 0.4–0.7 and kernel's gradient 0.3–0.6, input's 20.
//     Products of bfloat16 aᵀb 1.3–2.9, a·b and a·bᵀ 0.7–1.5; of float32 0.65–1.2 if they are large, and the dense net
//     trains at 0.7.
//   - AVX2 (the same processor, kept from using more): convolutions of float32 forward 0.95–1.15, gradients 0.94–2.
func wins(op operation) bool {
	if op.multiplyAdds() < fewest {
		return false
	}
	switch {
	case op.kind == product:
		transposed := op.source.strides[1] != 1
		return op.bf16() && (has(amx) || transposed && has(avx512bf16))
	case op.kind != inputGradient && op.result.dims[2]*op.result.dims[3] < fewestPixels:
		return false
	case op.bf16():
		return has(avx512bf16)
	}
	return has(avx2)
}
