package model_test

import (
	"fmt"
	"log"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// The original report's CNN, layer by layer.
func ExampleCNN() {
	summary, err := model.Summarize(model.CNN(nil))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(summary)
	// Output:
	// ________________________________________________________________________
	// Layer (type)                       Output Shape                  Param #
	// ========================================================================
	// conv1 (Conv2D)                     (None, 46, 46, 64)                640
	// bn1 (BatchNormalization)           (None, 46, 46, 64)                256
	// relu1 (ReLU)                       (None, 46, 46, 64)                  0
	// pool1 (MaxPooling2D)               (None, 23, 23, 64)                  0
	// dropout1 (Dropout)                 (None, 23, 23, 64)                  0
	// conv2 (Conv2D)                     (None, 21, 21, 128)             73856
	// bn2 (BatchNormalization)           (None, 21, 21, 128)               512
	// relu2 (ReLU)                       (None, 21, 21, 128)                 0
	// pool2 (MaxPooling2D)               (None, 10, 10, 128)                 0
	// dropout2 (Dropout)                 (None, 10, 10, 128)                 0
	// conv3 (Conv2D)                     (None, 8, 8, 250)              288250
	// bn3 (BatchNormalization)           (None, 8, 8, 250)                1000
	// relu3 (ReLU)                       (None, 8, 8, 250)                   0
	// pool3 (MaxPooling2D)               (None, 4, 4, 250)                   0
	// dropout3 (Dropout)                 (None, 4, 4, 250)                   0
	// conv4 (Conv2D)                     (None, 2, 2, 500)             1125500
	// bn4 (BatchNormalization)           (None, 2, 2, 500)                2000
	// relu4 (ReLU)                       (None, 2, 2, 500)                   0
	// pool4 (MaxPooling2D)               (None, 1, 1, 500)                   0
	// dropout4 (Dropout)                 (None, 1, 1, 500)                   0
	// flatten1 (Flatten)                 (None, 500)                         0
	// dense1 (Dense)                     (None, 512)                    256512
	// relu5 (ReLU)                       (None, 512)                         0
	// dropout5 (Dropout)                 (None, 512)                         0
	// dense2 (Dense)                     (None, 256)                    131328
	// relu6 (ReLU)                       (None, 256)                         0
	// dropout6 (Dropout)                 (None, 256)                         0
	// dense3 (Dense)                     (None, 64)                      16448
	// relu7 (ReLU)                       (None, 64)                          0
	// dropout7 (Dropout)                 (None, 64)                          0
	// dense4 (Dense)                     (None, 7)                         455
	// ========================================================================
	// Total params: 1,896,757
	// Trainable params: 1,894,873
	// Non-trainable params: 1,884
	// Multiply-adds: 57,068,768
}

// The original report's DNN has as many parameters as its CNN, but needs far fewer multiply-adds.
func ExampleSummarize() {
	for _, net := range []model.Net{model.CNN(nil), model.DNN(nil)} {
		summary, err := model.Summarize(net)
		if err != nil {
			log.Fatal(err)
		}
		total, frozen := summary.Params()
		fmt.Printf("%d parameters, %d of them not trained by gradient; %d multiply-adds\n", total, frozen,
			summary.MultiplyAdds())
	}
	// Output:
	// 1896757 parameters, 1884 of them not trained by gradient; 57068768 multiply-adds
	// 1896167 parameters, 4288 of them not trained by gradient; 1884608 multiply-adds
}

// A net of one's own is one function: here two blocks, and a global average instead of the big flatten.
func ExampleNet() {
	var net model.Net = func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		x = nn.ConvBlock(s, x, 32, 0.25)
		x = nn.ConvBlock(s, x, 64, 0.25)
		x = nn.GlobalAveragePool(s, x)
		return nn.Dense(s, x, fer.NumEmotions)
	}
	summary, err := model.Summarize(net)
	if err != nil {
		log.Fatal(err)
	}
	for _, layer := range summary.Layers {
		fmt.Println(layer.Name, layer.Output, layer.Params)
	}
	// Output:
	// conv1 [46 46 32] 320
	// bn1 [46 46 32] 128
	// relu1 [46 46 32] 0
	// pool1 [23 23 32] 0
	// dropout1 [23 23 32] 0
	// conv2 [21 21 64] 18496
	// bn2 [21 21 64] 256
	// relu2 [21 21 64] 0
	// pool2 [10 10 64] 0
	// dropout2 [10 10 64] 0
	// gap1 [64] 0
	// dense1 [7] 455
}
