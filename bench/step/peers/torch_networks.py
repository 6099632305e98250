"""The networks in PyTorch, their layers named as in the start file."""
import torch
import torch.nn.functional as F
from torch import nn


class RowNorm(nn.Module):
    """keras-contrib's InstanceNormalization(axis=1): each row of each image over width and channels, epsilon added to the
    deviation. There is no fused form of it in PyTorch."""

    def __init__(self, height, spec):
        super().__init__()
        self.epsilon = spec['epsilon']
        self.gamma = nn.Parameter(torch.ones(height)) if spec['affine'] else None
        self.beta = nn.Parameter(torch.zeros(height)) if spec['affine'] else None

    def forward(self, x):
        variance, mean = torch.var_mean(x, dim=(1, 3), correction=0, keepdim=True)
        factor = 1 / (variance.sqrt() + self.epsilon)
        if self.gamma is None:
            return (x - mean) * factor
        return (x - mean) * (factor * self.gamma.view(1, 1, -1, 1)) + self.beta.view(1, 1, -1, 1)


class ChannelNorm(nn.Module):
    """InstanceNorm2d. Of one image batch_norm computes the same, and unlike instance_norm it keeps channels-last memory."""

    def __init__(self, channels, spec):
        super().__init__()
        self.epsilon = spec['epsilon']
        self.gamma = nn.Parameter(torch.ones(channels)) if spec['affine'] else None
        self.beta = nn.Parameter(torch.zeros(channels)) if spec['affine'] else None

    def forward(self, x):
        if x.shape[0] == 1:
            return F.batch_norm(x, None, None, self.gamma, self.beta, training=True, eps=self.epsilon)
        return F.instance_norm(x, weight=self.gamma, bias=self.beta, eps=self.epsilon)


def norm(spec, channels, height):
    if spec['kind'] == 'row':
        return RowNorm(height, spec)
    if spec['kind'] == 'channel':
        return ChannelNorm(channels, spec)
    return nn.BatchNorm2d(channels, eps=spec['epsilon'], momentum=1 - spec['momentum'])


class SameStrided(nn.Conv2d):
    """3×3, stride 2, zeros below and to the right: TensorFlow's 'same' for an even size."""

    def forward(self, x):
        return super().forward(F.pad(x, (0, 1, 0, 1)))


class SameTransposed(nn.ConvTranspose2d):
    """Its transpose."""

    def forward(self, x):
        return super().forward(x)[:, :, :-1, :-1]


class Reflected(nn.Conv2d):
    def forward(self, x):
        border = self.kernel_size[0] // 2
        return super().forward(F.pad(x, (border,) * 4, mode='reflect'))


class Generator(nn.Module):
    def __init__(self, spec, height):
        super().__init__()
        self.spec, self.layers = spec, nn.ModuleDict()
        k, same = spec['filters'], spec['strided_padding'] == 'same'
        self.first = self.normed(f'c7s1_{k}', self.plain(3, k, 7, spec['use_bias']), spec['norm'], k, height)
        self.down, self.blocks, self.up = [], [], []
        for step, filters in ((1, 2 * k), (2, 4 * k)):
            strided = SameStrided if same else nn.Conv2d
            convolution = strided(filters // 2, filters, 3, stride=2, padding=0 if same else 1, bias=spec['use_bias'])
            self.down.append(self.normed(f'd{filters}', convolution, spec['norm'], filters, height >> step))
        for block in range(1, spec['residual_blocks'] + 1):
            self.blocks.append([
                self.normed(f'R{4 * k}_{block}_{half}', self.plain(4 * k, 4 * k, 3, spec['use_bias']), spec['residual_norm'], 4 * k, height // 4)
                for half in 'ab'
            ])
        for step, filters in ((1, 2 * k), (0, k)):
            transposed = SameTransposed if same else nn.ConvTranspose2d
            places = {} if same else {'padding': 1, 'output_padding': 1}
            convolution = transposed(2 * filters, filters, 3, stride=2, bias=spec['transposed_use_bias'], **places)
            self.up.append(self.normed(f'u{filters}', convolution, spec['norm'], filters, height >> step))
        self.layers['c7s1_3_output'] = self.plain(k, 3, 7, True)

    def plain(self, inputs, filters, kernel, bias):
        if self.spec['padding'] == 'reflect':
            return Reflected(inputs, filters, kernel, bias=bias)
        return nn.Conv2d(inputs, filters, kernel, padding=kernel // 2, bias=bias)

    def normed(self, name, convolution, spec, filters, height):
        self.layers[name], self.layers[f'{name}_norm'] = convolution, norm(spec, filters, height)
        return name

    def apply_normed(self, name, x):
        return self.layers[f'{name}_norm'](self.layers[name](x))

    def forward(self, x):
        x = F.relu_(self.apply_normed(self.first, x))
        for name in self.down:
            x = F.relu_(self.apply_normed(name, x))
        for a, b in self.blocks:
            x = self.apply_normed(b, F.relu_(self.apply_normed(a, x))) + x
        for name in self.up:
            x = F.relu_(self.apply_normed(name, x))
        x = self.layers['c7s1_3_output'](x)
        return torch.tanh(x) if self.spec['output'] == 'tanh' else x


class Discriminator(nn.Module):
    def __init__(self, spec, height):
        super().__init__()
        self.spec, self.layers, inputs = spec, nn.ModuleDict(), 3
        for index, stride in enumerate(spec['strides']):
            name, filters = f'C{index + 1}', spec['filters'] * 2 ** min(index, 3)
            self.layers[name] = nn.Conv2d(inputs, filters, 4, stride=stride, padding=1, bias=index == 0 or spec['use_bias'])
            height = (height + 2 - 4) // stride + 1
            if index:
                self.layers[f'{name}_norm'] = norm(spec['norm'], filters, height)
            inputs = filters
        self.layers['output'] = nn.Conv2d(inputs, 1, 4, padding=1)

    def forward(self, x):
        for index in range(len(self.spec['strides'])):
            name = f'C{index + 1}'
            x = self.layers[name](x)
            if index:
                x = self.layers[f'{name}_norm'](x)
            x = F.leaky_relu_(x, 0.2)
        x = self.layers['output'](x)
        return torch.sigmoid(x) if self.spec['output'] == 'sigmoid' else x


names = {'bias': 'bias', 'gamma': 'gamma', 'beta': 'beta', 'moving_mean': 'running_mean', 'moving_variance': 'running_var'}
of_batch_norm = {**names, 'gamma': 'weight', 'beta': 'bias'}


@torch.no_grad()
def load(network, weights):
    """Fills a network; every weight of the file and every parameter of the network takes part."""
    left = {name for name, _ in network.named_parameters()}
    for (layer, weight), values in weights.items():
        module = network.layers[layer]
        if weight == 'kernel':
            name, values = 'weight', values.transpose(3, 2, 0, 1)
        else:
            name = (of_batch_norm if isinstance(module, nn.BatchNorm2d) else names)[weight]
        getattr(module, name).copy_(torch.from_numpy(values.copy()))
        left.discard(f'layers.{layer}.{name}')
    if left:
        raise ValueError(f'without initial values: {sorted(left)}')
    return network
