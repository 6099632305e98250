"""What is trained: the chapter at reduced and at full size, and the paper's recipe at reduced size."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Recipe:
    """Defaults are the chapter's. The same values stand in test/parity/recipes.ts."""
    size: int
    filters: int
    blocks: int
    discriminator_filters: int
    norm: str = 'row'
    residual_norm: str = 'batch'
    padding: str = 'zero'
    transposed_bias: bool = False
    strides: tuple = (2, 2, 2, 2)
    discriminator_output: str = 'sigmoid'
    weights: dict = field(default_factory=lambda: {'adversarial': 1.0, 'cycle': 10.0, 'identity': 1.0})
    discriminator_weight: float = 1.0
    epsilon: float = 1e-7
    learning_rate: float = 2e-4
    shared_counter: bool = True
    generators_first: bool = False
    joint: bool = False
    iterations: int = 10
    keep: tuple = (1, 10)


recipes = {
    'chapter-small': Recipe(32, 4, 1, 2),
    # At 2e-4 Keras in float32 leaves Keras in float64 by a quarter within ten iterations, so nobody could be held to it.
    'chapter-full': Recipe(128, 32, 6, 64, learning_rate=2e-5),
    'paper-small': Recipe(
        32, 4, 1, 2, norm='channel', residual_norm='channel', padding='reflect', transposed_bias=True,
        strides=(2, 2, 2, 1), discriminator_output='linear', weights={'adversarial': 1.0, 'cycle': 10.0, 'identity': 5.0},
        discriminator_weight=0.5, epsilon=1e-8, shared_counter=False, generators_first=True, joint=True,
    ),
}
