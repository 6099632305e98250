"""The training step and the translation in PyTorch: eager, channels-last or compiled, in float32 or under bfloat16 autocast."""
import math

import torch
import torch.nn.functional as F

from torch_networks import Discriminator, Generator, load


class Tools:
    """Where, in which memory layout and precision, and whether compiled."""

    def __init__(self, task):
        peer = task['peer']
        self.device = torch.device('cuda' if task['device'] == 'gpu' else 'cpu')
        self.format = torch.channels_last if peer['channelsLast'] else torch.contiguous_format
        self.bfloat16, self.compiles = peer['precision'] == 'bfloat16', peer['compile']

    def precision(self):
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.bfloat16)

    def network(self, made, weights):
        network = load(made, weights).to(self.device, memory_format=self.format)
        if self.compiles:
            network.compile()
        return network

    def images(self, values):
        """From [batch, height, width, channels]; a view of them where memory is channels-last."""
        return torch.from_numpy(values).permute(0, 3, 1, 2).to(self.device).contiguous(memory_format=self.format)


class Optimizer:
    """PyTorch's Adam, its epsilon and rate set so that it computes Keras's form, lr·√(1 − β2^t)/(1 − β1^t)·m/(√v + ε), at
    the step t of `counter`, which several may share."""

    def __init__(self, parameters, settings, rate, counter):
        self.adam = torch.optim.Adam(parameters, lr=rate, betas=(settings['beta1'], settings['beta2']), eps=settings['epsilon'], fused=True)
        self.settings, self.rate, self.counter, self.own = settings, rate, counter, 0

    def step(self, loss):
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        self.own += 1
        self.counter[0] += 1
        factor = lambda t: math.sqrt(1 - self.settings['beta2'] ** t) / (1 - self.settings['beta1'] ** t)
        group = self.adam.param_groups[0]
        group['lr'] = self.rate * factor(self.counter[0]) / factor(self.own)
        group['eps'] = self.settings['epsilon'] / math.sqrt(1 - self.settings['beta2'] ** self.own)
        self.adam.step()


class Training:
    def __init__(self, task, start):
        self.settings, self.tools, self.start = task['settings'], Tools(task), start
        model, size = task['model'], task['size']
        network = lambda made, name: self.tools.network(made, start.weights(name))
        self.a_to_b, self.b_to_a = (network(Generator(model['generator'], size), f'generator{name}') for name in ('AToB', 'BToA'))
        self.d_a, self.d_b = (network(Discriminator(model['discriminator'], size), f'discriminator{name}') for name in 'AB')
        optimizer, shared = self.settings['optimizer'], [0]
        made = lambda parameters: Optimizer(list(parameters), optimizer, task['learningRate'], shared if optimizer['shared_counter'] else [0])
        self.optimizer_g = made([*self.a_to_b.parameters(), *self.b_to_a.parameters()])
        self.optimizers_d = {self.d_a: made(self.d_a.parameters()), self.d_b: made(self.d_b.parameters())}

    def judge(self, discriminator, images, target):
        with self.tools.precision():
            return ((discriminator(images).float() - target) ** 2).mean()

    def translate(self, a, b):
        with torch.no_grad(), self.tools.precision():
            return self.b_to_a(b).float(), self.a_to_b(a).float()

    def generator_losses(self, a, b):
        with self.tools.precision():
            fake_b, fake_a = self.a_to_b(a), self.b_to_a(b)
            outputs = {
                'cycle_A': (self.b_to_a(fake_b), a), 'cycle_B': (self.a_to_b(fake_a), b),
                'identity_A': (self.b_to_a(a), a), 'identity_B': (self.a_to_b(b), b),
            }
            losses = {name: F.l1_loss(image.float(), target) for name, (image, target) in outputs.items()}
            losses['adversarial_AToB'] = ((self.d_b(fake_b).float() - 1) ** 2).mean()
            losses['adversarial_BToA'] = ((self.d_a(fake_a).float() - 1) ** 2).mean()
        total = sum(self.weight(name) * loss for name, loss in losses.items())
        return total, losses, fake_a.detach().float(), fake_b.detach().float()

    def weight(self, name):
        kind, direction = name.split('_')
        return self.settings['loss']['weights'][kind][0 if (kind, direction) in {('adversarial', 'AToB'), ('cycle', 'A'), ('identity', 'B')} else 1]

    def step_generators(self, a, b):
        for discriminator in (self.d_a, self.d_b):
            discriminator.requires_grad_(False)
        total, losses, fake_a, fake_b = self.generator_losses(a, b)
        self.optimizer_g.step(total)
        for discriminator in (self.d_a, self.d_b):
            discriminator.requires_grad_(True)
        return {name: loss.detach() for name, loss in losses.items()}, fake_a, fake_b

    def step_discriminator(self, domain, discriminator, real, fake):
        weight, optimizer = self.settings['loss']['discriminator_weight'], self.optimizers_d[discriminator]
        names = [f'discriminator_{domain}_{kind}' for kind in ('real', 'fake')]
        if self.settings['discriminator_updates'] == 'joint':
            losses = [self.judge(discriminator, real, 1.0), self.judge(discriminator, fake, 0.0)]
            optimizer.step(weight * (losses[0] + losses[1]))
        else:
            losses = []
            for images, target in ((real, 1.0), (fake, 0.0)):
                losses.append(self.judge(discriminator, images, target))
                optimizer.step(weight * losses[-1])
        return {name: loss.detach() for name, loss in zip(names, losses)}

    def predict(self, a, b):
        for generator in (self.a_to_b, self.b_to_a):
            generator.eval()
        fakes = self.translate(a, b)
        for generator in (self.a_to_b, self.b_to_a):
            generator.train()
        return fakes

    def step(self, iteration):
        a, b = (self.tools.images(values) for values in self.start.images(iteration))
        losses = {}
        if self.settings['update_order'] == 'generators_first':
            losses, fake_a, fake_b = self.step_generators(a, b)
        else:
            fake_a, fake_b = self.predict(a, b)
        losses |= self.step_discriminator('A', self.d_a, a, fake_a)
        losses |= self.step_discriminator('B', self.d_b, b, fake_b)
        if self.settings['update_order'] == 'discriminators_first':
            losses |= self.step_generators(a, b)[0]
        return dict(zip(losses, torch.stack(list(losses.values())).tolist()))


def step(task, start):
    return Training(task, start).step


def translate(task, start):
    """Batches of A to B in inference mode. Compiled, weights are constants of the graph (freezing), as for a model that is served."""
    tools = Tools(task)
    if tools.compiles:
        from torch._inductor import config
        config.freezing = True
    generator = tools.network(Generator(task['model']['generator'], task['size']).eval(), start.weights('generatorAToB'))

    @torch.inference_mode() if not tools.compiles else torch.no_grad()
    def work(iteration):
        with tools.precision():
            images = generator(tools.images(start.images(iteration)[0])).float()
        values = images.permute(0, 2, 3, 1).contiguous().cpu().numpy()
        return {'mean': float(abs(values).mean()), 'first': float(values.flat[0])}

    return work
