"""Public architectures by hand in plain torch, each as its source describes it.

Nothing of ``archsearch`` is used. Modules are made in the order in which they run, so that
parameters come in the order of the spec's layers.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


def convs(*widths: int, kernel: int = 3, end: Callable[[], nn.Module] = nn.ReLU, **more) -> list:
    """A convolution and what follows it, from each width to the next."""
    made = []
    for one, other in pairwise(widths):
        made += [nn.Conv2d(one, other, kernel, **{"padding": kernel // 2, **more}), end()]
    return made


class UvaTutorial9(nn.Sequential):
    def __init__(self, width: int = 32, latent_size: int = 64) -> None:
        c = width
        up = {"kernel_size": 3, "output_padding": 1, "padding": 1, "stride": 2}
        super().__init__(
            *convs(3, c, end=nn.GELU, stride=2),
            *convs(c, c, end=nn.GELU),
            *convs(c, 2 * c, end=nn.GELU, stride=2),
            *convs(2 * c, 2 * c, end=nn.GELU),
            *convs(2 * c, 2 * c, end=nn.GELU, stride=2),
            nn.Flatten(),
            nn.Linear(2 * 16 * c, latent_size),
            nn.Linear(latent_size, 2 * 16 * c),
            nn.GELU(),
            nn.Unflatten(1, (2 * c, 4, 4)),
            nn.ConvTranspose2d(2 * c, 2 * c, **up),
            nn.GELU(),
            *convs(2 * c, 2 * c, end=nn.GELU),
            nn.ConvTranspose2d(2 * c, c, **up),
            nn.GELU(),
            *convs(c, c, end=nn.GELU),
            nn.ConvTranspose2d(c, 3, **up),
            nn.Tanh(),
        )


def normed(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


class Basic(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.first = normed(inputs, outputs, stride=stride)
        self.second = normed(outputs, outputs)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else normed(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return (self.second(self.first(x).relu()) + self.shortcut(x)).relu()


class ResNet(nn.Sequential):
    def __init__(self, width: int = 64) -> None:
        c = width
        super().__init__(
            *(normed(3, c), nn.ReLU()),
            *(Basic(c, c), Basic(c, c)),
            *(Basic(c, 2 * c, 2), Basic(2 * c, 2 * c)),
            *(Basic(2 * c, 4 * c, 2), Basic(4 * c, 4 * c)),
            normed(4 * c, c // 4, 1),
            *(nn.Upsample(scale_factor=2), Basic(c // 4, 2 * c)),
            *(nn.Upsample(scale_factor=2), Basic(2 * c, c)),
            *convs(c, 3, end=nn.Sigmoid),
        )


class SegNet(nn.Module):
    def __init__(self, width: int = 64) -> None:
        super().__init__()

        def norm7(inputs: int) -> nn.Sequential:
            conv = nn.Conv2d(inputs, width, 7, padding=3, bias=False)
            return nn.Sequential(conv, nn.BatchNorm2d(width))

        self.down = nn.ModuleList(norm7(3 if level == 0 else width) for level in range(4))
        self.up = nn.ModuleList(norm7(width) for _ in range(4))
        self.classify = nn.Conv2d(width, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        found = []
        for conv in self.down:
            x, places = functional.max_pool2d(conv(x).relu(), 2, return_indices=True)
            found.append(places)
        for conv in self.up:
            x = conv(functional.max_unpool2d(x, found.pop(), 2))
        return self.classify(x).sigmoid()


class UNet(nn.Module):
    def __init__(self, width: int = 64, depth: int = 4) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(depth + 1)]
        self.down = nn.ModuleList(
            nn.Sequential(*convs(one, other, other))
            for one, other in zip([3, *widths[:-1]], widths, strict=True)
        )
        self.up, self.merge = nn.ModuleList(), nn.ModuleList()
        ways = []
        for c in reversed(widths[:-1]):
            up = nn.ConvTranspose2d(2 * c, c, 2, 2)
            ways.append(nn.ModuleDict({"up": up, "merge": nn.Sequential(*convs(2 * c, c, c))}))
        self.ways = nn.ModuleList(ways)
        self.last = nn.Conv2d(width, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for level, block in enumerate(self.down):
            x = block(x if level == 0 else functional.max_pool2d(x, 2))
            skips.append(x)
        skips.pop()
        for way in self.ways:
            x = way["merge"](torch.cat((skips.pop(), way["up"](x)), 1))
        return self.last(x)


class Colorizer(nn.Module):
    """The layers of ``siggraph17`` without the hints."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        c = width

        def model(*widths: int, d: int = 1) -> nn.Sequential:
            made = convs(*widths, dilation=d, padding=d)
            return nn.Sequential(*made, nn.BatchNorm2d(widths[-1]))

        self.model1 = model(1, c, c)
        self.model2 = model(c, 2 * c, 2 * c)
        self.model3 = model(2 * c, 4 * c, 4 * c, 4 * c)
        self.model4 = model(4 * c, *[8 * c] * 3)
        self.model5 = model(*[8 * c] * 4, d=2)
        self.model6 = model(*[8 * c] * 4, d=2)
        self.model7 = model(*[8 * c] * 4)
        self.up8 = nn.ConvTranspose2d(8 * c, 4 * c, 4, 2, 1)
        self.short8 = nn.Conv2d(4 * c, 4 * c, 3, padding=1)
        self.model8 = model(4 * c, 4 * c, 4 * c)
        self.up9 = nn.ConvTranspose2d(4 * c, 2 * c, 4, 2, 1)
        self.short9 = nn.Conv2d(2 * c, 2 * c, 3, padding=1)
        self.model9 = model(2 * c, 2 * c)
        self.up10 = nn.ConvTranspose2d(2 * c, 2 * c, 4, 2, 1)
        self.short10 = nn.Conv2d(c, 2 * c, 3, padding=1)
        self.model10 = nn.Conv2d(2 * c, 2 * c, 3, padding=1)
        self.out = nn.Conv2d(2 * c, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        one = self.model1(x)
        two = self.model2(one[:, :, ::2, ::2])
        three = self.model3(two[:, :, ::2, ::2])
        x = self.model4(three[:, :, ::2, ::2])
        x = self.model7(self.model6(self.model5(x)))
        x = self.model8((self.up8(x) + self.short8(three)).relu())
        x = self.model9((self.up9(x) + self.short9(two)).relu())
        x = (self.up10(x) + self.short10(one)).relu()
        return self.out(functional.leaky_relu(self.model10(x), 0.2)).tanh()


class Module(nn.Module):
    """An inception module with dimension reduction."""

    def __init__(self, inputs: int, w: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            [
                nn.Sequential(*convs(inputs, 4 * w, kernel=1)),
                nn.Sequential(*convs(inputs, 6 * w, kernel=1), *convs(6 * w, 8 * w)),
                nn.Sequential(*convs(inputs, w, kernel=1), *convs(w, 2 * w, kernel=5)),
                nn.Sequential(nn.MaxPool2d(3, 1, 1), *convs(inputs, 2 * w, kernel=1)),
            ]
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], 1)


class Inception(nn.Sequential):
    def __init__(self, width: int = 16) -> None:
        w, c = width, 4 * width
        super().__init__(
            *(*convs(3, c), nn.MaxPool2d(2)),
            *(Module(c, w), nn.MaxPool2d(2)),
            Module(16 * w, w),
            *convs(16 * w, w // 4, kernel=1),
            *(nn.Upsample(scale_factor=2), Module(w // 4, w)),
            *(nn.Upsample(scale_factor=2), *convs(16 * w, c)),
            *convs(c, 3, end=nn.Sigmoid),
        )


class CelebA(nn.Module):
    def __init__(self, width: int = 32, latent_size: int = 256) -> None:
        super().__init__()
        c = width
        self.down = nn.Sequential(nn.Conv2d(3, c, 4, 2, 1), nn.LeakyReLU(0.2))
        for level in range(3):
            one, other = c * 2**level, c * 2 ** (level + 1)
            self.down.append(nn.Conv2d(one, other, 4, 2, 1, bias=False))
            self.down.extend([nn.BatchNorm2d(other), nn.LeakyReLU(0.2)])
        self.code = nn.Linear(8 * c * 13 * 11, latent_size)
        self.back = nn.Linear(latent_size, 8 * c * 14 * 12, bias=False)
        self.norm = nn.BatchNorm2d(8 * c)
        self.up = nn.Sequential()
        for level in (3, 2, 1):
            one, other = c * 2**level, c * 2 ** (level - 1)
            self.up.append(nn.Upsample(scale_factor=2, mode="bilinear"))
            self.up.append(nn.Conv2d(one, other, 3, padding=1, bias=False))
            self.up.extend([nn.BatchNorm2d(other), nn.LeakyReLU(0.2)])
        self.up.append(nn.Upsample(scale_factor=2, mode="bilinear"))
        self.last = nn.Conv2d(c, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.back(self.code(self.down(x).flatten(1)))
        x = self.up(self.norm(x.unflatten(1, (-1, 14, 12))).relu())
        return self.last(x[:, :, 3:221, 7:185]).tanh()


class Mnist(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            *(nn.Conv2d(1, 16, 3, stride=3, padding=1), nn.ReLU(), nn.MaxPool2d(2, 2)),
            *(nn.Conv2d(16, 8, 3, stride=2, padding=1), nn.ReLU(), nn.MaxPool2d(2, 1)),
            *(nn.ConvTranspose2d(8, 16, 3, stride=2), nn.ReLU()),
            *(nn.ConvTranspose2d(16, 8, 5, stride=3, padding=1), nn.ReLU()),
            *(nn.ConvTranspose2d(8, 1, 2, stride=2, padding=1), nn.Tanh()),
        )


class Block(nn.Module):
    """A ConvNeXt block whose norm is over the whole picture."""

    def __init__(self, c: int) -> None:
        super().__init__()
        self.inside = nn.Sequential(
            nn.Conv2d(c, c, 7, padding=3, groups=c),
            nn.GroupNorm(1, c),
            nn.Conv2d(c, 4 * c, 1),
            nn.GELU(),
            nn.Conv2d(4 * c, c, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.inside(x)


class ConvNeXt(nn.Sequential):
    def __init__(self, width: int = 32) -> None:
        c = width
        super().__init__(
            *(nn.Conv2d(3, c, 2, 2), nn.GroupNorm(1, c), Block(c), Block(c)),
            *(nn.GroupNorm(1, c), nn.Conv2d(c, 2 * c, 2, 2), Block(2 * c), Block(2 * c)),
            nn.Conv2d(2 * c, c // 4, 1),
            *(nn.Conv2d(c // 4, 2 * c, 1), Block(2 * c), nn.GroupNorm(1, 2 * c)),
            *(nn.ConvTranspose2d(2 * c, c, 2, 2), Block(c), nn.GroupNorm(1, c)),
            *(nn.ConvTranspose2d(c, 3, 2, 2), nn.Sigmoid()),
        )


class PreActivated(nn.Module):
    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.wide = nn.Conv2d(width, inner, 3, padding=1, bias=False)
        self.narrow = nn.Conv2d(inner, width, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.narrow(self.wide(x.relu()).relu())


class VqVae(nn.Sequential):
    def __init__(self, width: int = 128, inner: int = 32, latent_channels: int = 64) -> None:
        half = width // 2
        stack = [[PreActivated(width, inner) for _ in range(2)] for _ in range(2)]
        super().__init__(
            *(nn.Conv2d(3, half, 4, 2, 1), nn.ReLU(), nn.Conv2d(half, width, 4, 2, 1), nn.ReLU()),
            *(nn.Conv2d(width, width, 3, padding=1), *stack[0], nn.ReLU()),
            nn.Conv2d(width, latent_channels, 1),
            *(nn.Conv2d(latent_channels, width, 3, padding=1), *stack[1], nn.ReLU()),
            *(nn.ConvTranspose2d(width, half, 4, 2, 1), nn.ReLU()),
            nn.ConvTranspose2d(half, 3, 4, 2, 1),
        )


NETS: Mapping[str, Callable[..., nn.Module]] = {
    "celeba": CelebA,
    "colorizer": Colorizer,
    "convnext": ConvNeXt,
    "inception": Inception,
    "mnist": Mnist,
    "resnet": ResNet,
    "segnet": SegNet,
    "u-net": UNet,
    "uva-tutorial-9": UvaTutorial9,
    "vq-vae": VqVae,
}
"""By the names of the files in ``specs/public``."""
