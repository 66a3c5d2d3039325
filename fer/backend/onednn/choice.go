package onednn

// Instructions that oneDNN's code uses, as bits of its dnnl_cpu_isa_t.
const (
	avx2       = 0x07
	avx512bf16 = 0xe7  // AVX-512 with products of bfloat16.
	amx        = 0xfef // Matrix registers.
)

// has reports whether oneDNN's code uses these instructions here.
func has(instructions int) bool { return isa()&instructions == instructions }

// Fewest is the number of a convolution's multiply-adds below which it stays with XLA, whose threads start sooner.
const Fewest = 1 << 26

// FewestPixels is the number of pixels of a float32 convolution's output below which it stays with XLA.
const FewestPixels = 16

// choose is [wins], except in tests.
var choose = wins

// wins reports whether oneDNN's code was measured to be faster than XLA's own, for shapes of the report's nets at a
// batch of 128 on two cores. Time of XLA divided by that of oneDNN; XLA's time of bfloat16 convolutions is that of
// float32, for which it has fast code:
//
//   - AMX: convolutions of bfloat16 5–11, of float32 1.1–2.5; products of bfloat16 3.2–5.4, of float32 0.97.
//   - AVX-512 with bfloat16 (AMD Zen 5): convolutions of bfloat16 1.1–5.5, to 2×2 pixels 0.6; of float32
//     forward 0.8–1.6, gradients 0.8–4.9, to 3×3 pixels 0.7–1.0. Products of bfloat16 aᵀb 1.3–2.9, a·b and
//     a·bᵀ 0.7–1.5, large ones 1.9–2.0; of float32 0.65–1.2 if they are large, and the dense net trains at
//     0.7. Kernels' gradients through patches, batch 32: of bfloat16 1.7–2, of float32 1.0.
//   - AVX2 (the same processor, kept from using more): convolutions of float32 forward 0.95–1.15, gradients 0.94–2.
//
// Nets answer single images at 0.55–0.84 if their small convolutions are not left to XLA.
func wins(op operation) bool {
	if op.fixed {
		return winsFixed(op)
	}
	if op.kind == product {
		const fewest, large = 1 << 20, 1 << 27
		transposed := op.source.strides[1] != 1
		return op.bf16() && op.multiplyAdds() >= fewest &&
			(has(amx) || has(avx512bf16) && (transposed || op.multiplyAdds() >= large))
	}
	pixels := op.result.dims[2] * op.result.dims[3]
	switch {
	case op.multiplyAdds() < Fewest:
		return false
	case dividesKernel(op):
		return throughPatches(op)
	case op.bf16():
		return has(avx512bf16) && pixels > 4
	}
	return has(avx2) && pixels >= FewestPixels
}

// winsFixed is [wins] for fixed weights. Nets on the same kind of processor, times as fast as without them, at batches
// of 1, 8, 32 and 256: the CNN in float32 1.4, 1.4, 1.2, 1.1, in mixed precision 2.5, 1.4, 1.2, 1.1; the DNN in float32
// 0.9, 1.3, 1.6, 1.2, in mixed precision 2.6, 3.7, 2.1, 1.4.
func winsFixed(op operation) bool {
	return op.multiplyAdds() >= 1<<10 && (!op.bf16() || has(avx512bf16))
}

// dividesKernel reports whether oneDNN divides a gradient's kernel instead of the images among its threads. These wait
// for one another at every image without letting go of the processor: beside another program, one gradient took a
// second.
func dividesKernel(op operation) bool {
	return op.kind == kernelGradient && op.source.size()+op.result.size() < 4*op.weights.size()
}

// throughPatches reports whether such a gradient is to be a product of the images' windows and the result's gradient,
// see plan.h. It then takes half the time of XLA's, which transposes images and gradients first, all in float32.
func throughPatches(op operation) bool {
	return dividesKernel(op) && op.bf16() && has(avx512bf16) && op.source.ordered(0, 2, 3, 1) &&
		op.result.ordered(0, 2, 3, 1) && op.weights.ordered(2, 3, 1, 0)
}

// runsAlone reports whether an operation is to run in one thread: waking a second one takes fifty microseconds, and
// it finds the processor busy if XLA's threads have work. Large ones gain more than that.
func runsAlone(op operation) bool { return op.fixed && op.multiplyAdds() < 1<<24 }
