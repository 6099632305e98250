"""What is trained: the chapter at reduced, at half and at full size, the paper's recipe at reduced and at half size."""
from dataclasses import dataclass, field, replace


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
    seed: int = 1
    smooth: bool = False


paper_small = Recipe(
    32, 4, 1, 2, norm='channel', residual_norm='channel', padding='reflect', transposed_bias=True,
    strides=(2, 2, 2, 1), discriminator_output='linear', weights={'adversarial': 1.0, 'cycle': 10.0, 'identity': 5.0},
    discriminator_weight=0.5, epsilon=1e-8, shared_counter=False, generators_first=True, joint=True,
)

recipes = {
    'chapter-small': Recipe(32, 4, 1, 2),
    # At 2e-4 Keras in float32 leaves Keras in float64 by a quarter within ten iterations, so nobody could be held to it.
    'chapter-full': Recipe(128, 32, 6, 64, learning_rate=2e-5),
    # softplus in place of relu and leaky relu, squares in place of |x|: nothing has a corner. Outputs and gradients only.
    'chapter-full-smooth': Recipe(128, 32, 6, 64, iterations=0, smooth=True),
    'chapter-half': Recipe(64, 32, 6, 64),
    'paper-small': paper_small,
    'paper-half': replace(paper_small, size=64, filters=32, blocks=6, discriminator_filters=64),
}
