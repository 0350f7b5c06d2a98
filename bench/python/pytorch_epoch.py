"""Epochs of LeNet-5 in PyTorch over images that are bytes in one tensor, taken by rows.

PyTorch is imported where it is used: not before the number of threads is set.
"""


def lenet():
    from collections import OrderedDict

    from torch import nn

    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(1, 6, 5, padding=2),
            act1=nn.ReLU(),
            pool1=nn.MaxPool2d(2),
            conv2=nn.Conv2d(6, 16, 5),
            act2=nn.ReLU(),
            pool2=nn.MaxPool2d(2),
            flatten=nn.Flatten(),
            fc1=nn.Linear(400, 120),
            act3=nn.ReLU(),
            fc2=nn.Linear(120, 84),
            act4=nn.ReLU(),
            fc3=nn.Linear(84, 10),
        )
    )


def epoch(task, load):
    """The next step's loss, and a function that runs so many epochs."""
    import torch

    images = load(task['images'])
    labels, order = (load(task[name]).long() for name in ('labels', 'order'))
    batches = order.split(task['batchSize'])
    model = lenet()
    model.load_state_dict({name: load(file) for name, file in task['parameters'].items()})
    optimizer = torch.optim.Adam(model.parameters(), lr=task['lr'], fused=True)
    criterion = torch.nn.CrossEntropyLoss()
    scale, offset = 1 / (255 * task['std']), task['mean'] / task['std']

    def step(rows):
        x = images.index_select(0, rows).float().mul_(scale).sub_(offset)
        loss = criterion(model(x), labels.index_select(0, rows))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss

    def run(iterations):
        for _ in range(iterations):
            for rows in batches:
                loss = step(rows)
        loss.item()

    first = iter(batches)
    return lambda: [step(next(first)).item()], run
