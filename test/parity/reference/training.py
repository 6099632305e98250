"""One iteration after another, and what is kept of it:

  real/<A|B>/<iteration> (drawn, not kept)     the images of an iteration
  predict/<network>                            outputs before training, in inference mode
  train/<generator>                            the same in training mode
  gradient/<step>/<variable>                   of each step's loss, at the initial weights
  statistics/<variable>/<call>                 what batch normalization sees in the generator step's calls 0, 1, 2
  loss/<iteration>/<term>                      the loss terms of each iteration
  <iteration>/<variable>                       weights, statistics, moments adam/m/…, adam/v/… and counters after it

Of several seeds (seeds_goldens) there are seed-<seed>/loss/… and seed-<seed>/10/…, of each variable a sample.
"""
from dataclasses import replace

import keras
import numpy as np
import tensorflow as tf

from deterministic import seeded, set_weights, uniform
from networks import discriminator, generator


def mse(output, target):
    return tf.reduce_mean((output - target) ** 2)


def mae(x, target):
    return tf.reduce_mean(tf.abs(x - target))


class Training:
    def __init__(self, recipe):
        self.recipe = recipe
        self.a_to_b, self.b_to_a = generator(recipe, 'generatorAToB'), generator(recipe, 'generatorBToA')
        self.d_a, self.d_b = discriminator(recipe, 'discriminatorA'), discriminator(recipe, 'discriminatorB')
        self.networks = (self.a_to_b, self.b_to_a, self.d_a, self.d_b)
        self.variables = {name: v for network in self.networks for name, v in set_weights(network, recipe.seed).items()}
        self.names = {id(v): name for name, v in self.variables.items()}
        self.groups = {
            'generators': self.a_to_b.trainable_variables + self.b_to_a.trainable_variables,
            'discriminatorA': self.d_a.trainable_variables, 'discriminatorB': self.d_b.trainable_variables,
        }
        self.optimizers = self.make_optimizers()

    def make_optimizers(self):
        """One Keras object serves all groups, so its counter counts all steps; or each group has its own."""
        def adam(groups):
            made = keras.optimizers.Adam(self.recipe.learning_rate, beta_1=0.5, beta_2=0.999, epsilon=self.recipe.epsilon)
            made.build([v for group in groups for v in self.groups[group]])
            return made
        if self.recipe.shared_counter:
            return dict.fromkeys(self.groups, adam(self.groups))
        return {group: adam([group]) for group in self.groups}

    def images(self, iteration):
        shape = (1, self.recipe.size, self.recipe.size, 3)
        return (tf.constant(uniform(seeded(self.recipe.seed, f'real/{domain}/{iteration}'), shape), keras.config.floatx()) for domain in 'AB')

    def discriminator_loss(self, group, images, target):
        network = self.d_a if group == 'discriminatorA' else self.d_b
        return mse(network(images, training=True), target)

    def discriminator_terms(self, group, real, fake):
        domain = group[-1]
        return {f'discriminator_{domain}_real': (real, 1.0), f'discriminator_{domain}_fake': (fake, 0.0)}

    def discriminator_steps(self, group, real, fake):
        """The terms of each step: both at once (joint), or one after the other."""
        terms = self.discriminator_terms(group, real, fake)
        return [terms] if self.recipe.joint else [{name: term} for name, term in terms.items()]

    def discriminator_gradients(self, group, terms):
        with tf.GradientTape() as tape:
            losses = {name: self.discriminator_loss(group, *term) for name, term in terms.items()}
            total = self.recipe.discriminator_weight * sum(losses.values())
        return losses, tape.gradient(total, self.groups[group])

    def distance(self, image, target):
        return mse(image, target) if self.recipe.smooth else mae(image, target)

    def generator_losses(self, A, B):
        """In the order in which Keras calls the generators: batch normalization's statistics move with each call."""
        fake_b, fake_a = self.a_to_b(A, training=True), self.b_to_a(B, training=True)
        losses = {
            'cycle_A': self.distance(self.b_to_a(fake_b, training=True), A), 'cycle_B': self.distance(self.a_to_b(fake_a, training=True), B),
            'identity_A': self.distance(self.b_to_a(A, training=True), A), 'identity_B': self.distance(self.a_to_b(B, training=True), B),
            'adversarial_AToB': mse(self.d_b(fake_b), 1.0), 'adversarial_BToA': mse(self.d_a(fake_a), 1.0),
        }
        return losses, fake_a, fake_b

    def generator_gradients(self, A, B):
        with tf.GradientTape() as tape:
            losses, fake_a, fake_b = self.generator_losses(A, B)
            total = sum(self.recipe.weights[name.split('_')[0]] * loss for name, loss in losses.items())
        return losses, tape.gradient(total, self.groups['generators']), fake_a, fake_b

    def apply(self, group, gradients):
        self.optimizers[group].apply(gradients, self.groups[group])

    def step_generators(self, A, B):
        losses, gradients, fake_a, fake_b = self.generator_gradients(A, B)
        self.apply('generators', gradients)
        return losses, fake_a, fake_b

    def step_discriminators(self, A, B, fake_a, fake_b):
        losses = {}
        for group, real, fake in (('discriminatorA', A, fake_a), ('discriminatorB', B, fake_b)):
            for terms in self.discriminator_steps(group, real, fake):
                values, gradients = self.discriminator_gradients(group, terms)
                self.apply(group, gradients)
                losses.update(values)
        return losses

    def iterate(self, iteration):
        A, B = self.images(iteration)
        if self.recipe.generators_first:
            losses, fake_a, fake_b = self.step_generators(A, B)
            return {**losses, **self.step_discriminators(A, B, fake_a, fake_b)}
        fake_b, fake_a = self.a_to_b(A, training=False), self.b_to_a(B, training=False)
        losses = self.step_discriminators(A, B, fake_a, fake_b)
        return {**losses, **self.step_generators(A, B)[0]}

    def state(self):
        kept = {name: np.array(v.value) for name, v in self.variables.items()}
        for group, adam in self.optimizers.items():
            kept['adam/counter' if self.recipe.shared_counter else f'adam/counter/{group}'] = np.array(adam.iterations.value)
            for v in self.groups[group]:
                index = adam._get_variable_index(v)
                kept[f'adam/m/{self.names[id(v)]}'] = np.array(adam._momentums[index].value)
                kept[f'adam/v/{self.names[id(v)]}'] = np.array(adam._velocities[index].value)
        return kept


def outputs_before_training(training):
    A, B = training.images(1)
    return {
        'predict/generatorAToB': training.a_to_b(A, training=False), 'predict/generatorBToA': training.b_to_a(B, training=False),
        'predict/discriminatorA': training.d_a(A, training=False), 'predict/discriminatorB': training.d_b(B, training=False),
        'train/generatorAToB': training.a_to_b(A, training=True), 'train/generatorBToA': training.b_to_a(B, training=True),
    }


def gradients_before_training(recipe):
    """Of every step, at the initial weights: what a training step with learning rate 0 computes."""
    training, goldens = Training(recipe), {}
    A, B = training.images(1)

    def keep(step, group, gradients):
        goldens.update({f'gradient/{step}/{training.names[id(v)]}': g for v, g in zip(training.groups[group], gradients)})

    _, gradients, fake_a, fake_b = training.generator_gradients(A, B)
    keep('generators', 'generators', gradients)
    if not recipe.generators_first:
        # The statistics have moved; predict() would have come before.
        training = Training(recipe)
        fake_b, fake_a = training.a_to_b(A, training=False), training.b_to_a(B, training=False)
    for group, real, fake in (('discriminatorA', A, fake_a), ('discriminatorB', B, fake_b)):
        for terms in training.discriminator_steps(group, real, fake):
            step = group if recipe.joint else f'{group}_{list(terms)[0].rsplit("_", 1)[1]}'
            keep(step, group, training.discriminator_gradients(group, terms)[1])
    return goldens


def statistics_of_calls(recipe):
    """What each batch normalization of AToB sees in the generator step: in the calls on A, on generated A, and on B."""
    training = Training(recipe)
    A, B = training.images(1)
    goldens, calls = {}, (A, training.b_to_a(B, training=True), B)
    network = training.a_to_b
    for layer in network.layers:
        if not isinstance(layer, keras.layers.BatchNormalization):
            continue
        before = keras.Model(network.inputs, layer.input)
        for call, images in enumerate(calls):
            mean, variance = tf.nn.moments(before(images, training=True), [0, 1, 2])
            goldens[f'statistics/{network.name}/{layer.name}/moving_mean/{call}'] = mean
            goldens[f'statistics/{network.name}/{layer.name}/moving_variance/{call}'] = variance
    return goldens


def iterations(recipe):
    """Losses and the state that is kept, of a whole training."""
    training, goldens = Training(recipe), {}
    for iteration in range(1, recipe.iterations + 1):
        losses = training.iterate(iteration)
        goldens.update({f'loss/{iteration}/{name}': loss for name, loss in losses.items()})
        if iteration in recipe.keep:
            goldens.update({f'{iteration}/{name}': values for name, values in training.state().items()})
    return goldens


def training_goldens(recipe):
    return {
        **outputs_before_training(Training(recipe)), **gradients_before_training(recipe), **statistics_of_calls(recipe), **iterations(recipe),
    }


def sampled(values):
    """At most 32 of a variable's values; an odd stride, so that they are not all of one channel. outcome.ts does the same."""
    flat = np.asarray(values).reshape(-1)
    return flat[::-(-flat.size // 32) | 1]


def seeds_goldens(recipe, seeds=(1, 2, 3)):
    return {
        f'seed-{seed}/{name}': sampled(values)
        for seed in seeds for name, values in iterations(replace(recipe, seed=seed, keep=(recipe.iterations,))).items()
    }
