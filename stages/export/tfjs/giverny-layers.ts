/** giverny-layers.js, which lies beside every exported tfjs model: the two layers that tf.layers has not, for any tfjs. */
export const givernyLayers = `// The two layers of Giverny's networks that TensorFlow.js has not:
//   import { registerGivernyLayers } from './giverny-layers.js';
//   registerGivernyLayers(tf);
//   const generator = await tf.loadLayersModel('generatorAToB/model.json');
export function registerGivernyLayers(tf) {
  /** axis 1: each row of each image, epsilon beside the deviation (keras-contrib's). axis 3: each channel, epsilon beside the variance. */
  class InstanceNormalization extends tf.layers.Layer {
    static className = 'InstanceNormalization';
    constructor(config) {
      super(config);
      Object.assign(this, { axis: config.axis, epsilon: config.epsilon, affine: config.affine });
    }
    build(inputShape) {
      if (this.affine) {
        this.addWeight('gamma', [inputShape[this.axis]], 'float32', tf.initializers.ones());
        this.addWeight('beta', [inputShape[this.axis]], 'float32', tf.initializers.zeros());
      }
      this.built = true;
    }
    call(inputs) {
      return tf.tidy(() => {
        const images = Array.isArray(inputs) ? inputs[0] : inputs;
        const axes = this.axis === 1 ? [2, 3] : [1, 2];
        const { mean, variance } = tf.moments(images, axes, true);
        const deviation = this.axis === 1 ? tf.add(tf.sqrt(variance), this.epsilon) : tf.sqrt(tf.add(variance, this.epsilon));
        const normalized = tf.div(tf.sub(images, mean), deviation);
        if (!this.affine) return normalized;
        const [gamma, beta] = this.weights.map((weight) => (this.axis === 1 ? tf.reshape(weight.read(), [-1, 1, 1]) : weight.read()));
        return tf.add(tf.mul(normalized, gamma), beta);
      });
    }
    computeOutputShape(inputShape) {
      return inputShape;
    }
    getConfig() {
      return { ...super.getConfig(), axis: this.axis, epsilon: this.epsilon, affine: this.affine };
    }
  }

  /** Pads height and width by so many mirrored pixels. */
  class ReflectionPadding2D extends tf.layers.Layer {
    static className = 'ReflectionPadding2D';
    constructor(config) {
      super(config);
      this.size = config.size;
    }
    call(inputs) {
      const around = [this.size, this.size];
      return tf.mirrorPad(Array.isArray(inputs) ? inputs[0] : inputs, [[0, 0], around, around, [0, 0]], 'reflect');
    }
    computeOutputShape([batch, height, width, channels]) {
      const padded = (length) => (length === null ? null : length + 2 * this.size);
      return [batch, padded(height), padded(width), channels];
    }
    getConfig() {
      return { ...super.getConfig(), size: this.size };
    }
  }

  for (const layer of [InstanceNormalization, ReflectionPadding2D]) tf.serialization.registerClass(layer);
}
`;
