"""The training step and the translation in Keras 3 on TensorFlow, each as one tf.function; bfloat16 by Keras's own policy."""
import os

os.environ.setdefault('KERAS_BACKEND', 'tensorflow')
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')

import keras
import tensorflow as tf

from keras_networks import discriminator, generator, load


def set_up(task):
    if task['device'] == 'gpu' and not tf.config.list_physical_devices('GPU'):
        raise SystemExit('TensorFlow sees no GPU')
    keras.config.set_dtype_policy('mixed_bfloat16' if task['peer']['precision'] == 'bfloat16' else 'float32')


def mse(output, target):
    return tf.reduce_mean((tf.cast(output, tf.float32) - target) ** 2)


def mae(image, target):
    return tf.reduce_mean(tf.abs(tf.cast(image, tf.float32) - target))


class Training:
    def __init__(self, task, start):
        self.settings, self.start = task['settings'], start
        model, shape = task['model'], (task['batch'], task['size'], task['size'], 3)
        made = lambda make, spec, name: load(make(spec, name, shape), start.weights(name))
        self.a_to_b, self.b_to_a = (made(generator, model['generator'], f'generator{name}') for name in ('AToB', 'BToA'))
        self.d_a, self.d_b = (made(discriminator, model['discriminator'], f'discriminator{name}') for name in 'AB')
        self.variables = {
            'generators': self.a_to_b.trainable_variables + self.b_to_a.trainable_variables,
            'A': self.d_a.trainable_variables, 'B': self.d_b.trainable_variables,
        }
        self.optimizers = self.make_optimizers(task['learningRate'])

    def make_optimizers(self, rate):
        """One Keras object serves all groups, so its counter counts all steps; or each group has its own."""
        settings = self.settings['optimizer']

        def adam(groups):
            made = keras.optimizers.Adam(rate, beta_1=settings['beta1'], beta_2=settings['beta2'], epsilon=settings['epsilon'])
            made.build([variable for group in groups for variable in self.variables[group]])
            return made

        if settings['shared_counter']:
            return dict.fromkeys(self.variables, adam(self.variables))
        return {group: adam([group]) for group in self.variables}

    def apply(self, tape, group, loss):
        self.optimizers[group].apply(tape.gradient(loss, self.variables[group]), self.variables[group])

    def step_discriminator(self, domain, network, real, fake):
        weight, names = self.settings['loss']['discriminator_weight'], [f'discriminator_{domain}_{kind}' for kind in ('real', 'fake')]
        shown = list(zip(names, (real, fake), (1.0, 0.0)))
        losses = {}
        for together in [shown] if self.settings['discriminator_updates'] == 'joint' else [[one] for one in shown]:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch([variable.value for variable in self.variables[domain]])
                terms = {name: mse(network(images, training=True), target) for name, images, target in together}
                total = weight * sum(terms.values())
            self.apply(tape, domain, total)
            losses |= terms
        return losses

    def generator_losses(self, a, b):
        weights = self.settings['loss']['weights']
        fake_b, fake_a = self.a_to_b(a, training=True), self.b_to_a(b, training=True)
        losses = {
            'cycle_A': mae(self.b_to_a(fake_b, training=True), a), 'cycle_B': mae(self.a_to_b(fake_a, training=True), b),
            'identity_A': mae(self.b_to_a(a, training=True), a), 'identity_B': mae(self.a_to_b(b, training=True), b),
            'adversarial_AToB': mse(self.d_b(fake_b, training=True), 1.0), 'adversarial_BToA': mse(self.d_a(fake_a, training=True), 1.0),
        }
        direction = {'adversarial_AToB': 0, 'cycle_A': 0, 'identity_B': 0}
        total = sum(weights[name.split('_')[0]][direction.get(name, 1)] * loss for name, loss in losses.items())
        return total, losses, tf.cast(fake_a, tf.float32), tf.cast(fake_b, tf.float32)

    def step_generators(self, a, b):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in self.variables['generators']])
            total, losses, fake_a, fake_b = self.generator_losses(a, b)
        self.apply(tape, 'generators', total)
        return losses, fake_a, fake_b

    @tf.function
    def compiled(self, a, b):
        losses, first = {}, self.settings['update_order'] == 'generators_first'
        if first:
            losses, fake_a, fake_b = self.step_generators(a, b)
        else:
            fake_b, fake_a = self.a_to_b(a, training=False), self.b_to_a(b, training=False)
        losses |= self.step_discriminator('A', self.d_a, a, fake_a)
        losses |= self.step_discriminator('B', self.d_b, b, fake_b)
        if not first:
            losses |= self.step_generators(a, b)[0]
        self.names = list(losses)
        return tf.stack(list(losses.values()))

    def step(self, iteration):
        values = self.compiled(*(tf.constant(images) for images in self.start.images(iteration))).numpy()
        return dict(zip(self.names, values.tolist()))


def step(task, start):
    set_up(task)
    return Training(task, start).step


def translate(task, start):
    """Batches of A to B in inference mode."""
    set_up(task)
    network = load(generator(task['model']['generator'], 'generatorAToB', (task['batch'], task['size'], task['size'], 3)), start.weights('generatorAToB'))
    compiled = tf.function(lambda images: tf.cast(network(images, training=False), tf.float32))

    def work(iteration):
        values = compiled(tf.constant(start.images(iteration)[0])).numpy()
        return {'mean': float(abs(values).mean()), 'first': float(values.flat[0])}

    return work
