module @test {
  func.func @first(%x: tensor<8x23x21x6xf32>, %k: tensor<3x3x6x10xf32>, %dy: tensor<8x12x11x10xf32>, %m: tensor<8x60xf32>, %w: tensor<60x10xf32>) -> tensor<8x12x11x10xf32> {
    %0 = "stablehlo.convolution"(%x, %k) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 1, 1>,
      padding = dense<[[1, 1], [1, 1]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>],
      rhs_dilation = array<i64: 1, 1>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 2, 2>
    } : (tensor<8x23x21x6xf32>, tensor<3x3x6x10xf32>) -> tensor<8x12x11x10xf32>
    %1 = "stablehlo.reverse"(%k) { dimensions = array<i64: 0, 1> } : (tensor<3x3x6x10xf32>) -> tensor<3x3x6x10xf32>
    %2 = "stablehlo.convolution"(%dy, %1) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 2, 2>,
      padding = dense<[[1, 1], [1, 1]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>],
      rhs_dilation = array<i64: 1, 1>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<8x12x11x10xf32>, tensor<3x3x6x10xf32>) -> tensor<8x23x21x6xf32>
    %3 = "stablehlo.convolution"(%x, %dy) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 1, 1>,
      padding = dense<[[1, 1], [1, 1]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>],
      rhs_dilation = array<i64: 2, 2>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<8x23x21x6xf32>, tensor<8x12x11x10xf32>) -> tensor<3x3x6x10xf32>
    %4 = "stablehlo.dot_general"(%m, %w) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [],
  rhs_batching_dimensions = [],
  lhs_contracting_dimensions = [1],
  rhs_contracting_dimensions = [0]
>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]
    } : (tensor<8x60xf32>, tensor<60x10xf32>) -> tensor<8x10xf32>
    "stablehlo.return"(%0) : (tensor<8x12x11x10xf32>) -> ()
  }

  func.func @second(%x16: tensor<8x9x9x4xbf16>, %k16: tensor<3x3x4x5xbf16>, %dy16: tensor<8x7x7x5xbf16>, %m16: tensor<8x60xbf16>, %w16: tensor<8x10xbf16>, %q16: tensor<3x3x5x5xbf16>, %x: tensor<8x9x9x4xf32>, %k: tensor<3x3x4x5xf32>, %d: tensor<8x9x9x4xf64>, %e: tensor<3x3x4x5xf64>, %p: tensor<2x8x9xf32>, %g: tensor<3x3x2x6xf32>) -> tensor<8x7x7x5xf32> {
    %0 = "stablehlo.dot_general"(%m16, %w16) {
      algorithm = #stablehlo.dot_algorithm<
  lhs_precision_type = f32,
  rhs_precision_type = f32,
  accumulation_type = f32,
  lhs_component_count = 1,
  rhs_component_count = 1,
  num_primitive_operations = 1,
  allow_imprecise_accumulation = false>,
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [],
  rhs_batching_dimensions = [],
  lhs_contracting_dimensions = [0],
  rhs_contracting_dimensions = [0]
>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]
    } : (tensor<8x60xbf16>, tensor<8x10xbf16>) -> tensor<60x10xf32>
    %1 = "stablehlo.convert"(%x16) : (tensor<8x9x9x4xbf16>) -> tensor<8x9x9x4xf32>
    %2 = "stablehlo.convert"(%k16) : (tensor<3x3x4x5xbf16>) -> tensor<3x3x4x5xf32>
    %3 = "stablehlo.convolution"(%1, %2) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 1, 1>,
      padding = dense<[[0, 0], [0, 0]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>],
      rhs_dilation = array<i64: 1, 1>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<8x9x9x4xf32>, tensor<3x3x4x5xf32>) -> tensor<8x7x7x5xf32>
    %7 = "stablehlo.convert"(%dy16) : (tensor<8x7x7x5xbf16>) -> tensor<8x7x7x5xf32>
    %8 = "stablehlo.reverse"(%2) { dimensions = array<i64: 0, 1> } : (tensor<3x3x4x5xf32>) -> tensor<3x3x4x5xf32>
    %9 = "stablehlo.convolution"(%7, %8) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 1, 1>,
      padding = dense<[[2, 2], [2, 2]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>],
      rhs_dilation = array<i64: 1, 1>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<8x7x7x5xf32>, tensor<3x3x4x5xf32>) -> tensor<8x9x9x4xf32>
    %10 = "stablehlo.convolution"(%dy16, %q16) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 1, 1>,
      padding = dense<[[0, 0], [0, 0]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>],
      rhs_dilation = array<i64: 1, 1>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<8x7x7x5xbf16>, tensor<3x3x5x5xbf16>) -> tensor<8x5x5x5xbf16>
    %11 = "stablehlo.convolution"(%x, %g) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>,
      feature_group_count = 2 : i64,
      lhs_dilation = array<i64: 1, 1>,
      padding = dense<[[0, 0], [0, 0]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>],
      rhs_dilation = array<i64: 1, 1>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<8x9x9x4xf32>, tensor<3x3x2x6xf32>) -> tensor<8x7x7x6xf32>
    %12 = "stablehlo.convolution"(%d, %e) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 1, 1>,
      padding = dense<[[0, 0], [0, 0]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>],
      rhs_dilation = array<i64: 1, 1>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<8x9x9x4xf64>, tensor<3x3x4x5xf64>) -> tensor<8x7x7x5xf64>
    %13 = "stablehlo.convolution"(%x, %k) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 2, 2>,
      padding = dense<[[3, 3], [3, 3]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>],
      rhs_dilation = array<i64: 7, 7>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<8x9x9x4xf32>, tensor<3x3x4x5xf32>) -> tensor<8x5x5x5xf32>
    %14 = "stablehlo.dot_general"(%p, %p) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [0],
  rhs_batching_dimensions = [0],
  lhs_contracting_dimensions = [2],
  rhs_contracting_dimensions = [2]
>,
      precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]
    } : (tensor<2x8x9xf32>, tensor<2x8x9xf32>) -> tensor<2x8x8xf32>
    "stablehlo.return"(%3) : (tensor<8x7x7x5xf32>) -> ()
  }
}
