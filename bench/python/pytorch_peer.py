"""PyTorch as a peer of the benchmark: `python pytorch_peer.py THREADS [MODE]`.

THREADS is a number, or "best": then each task chooses the number with which it is fastest. MODE is
"eager", the default, or "compiled": then `torch.compile` makes one program of a training step's
forward pass and loss and one of its backward pass, and there are no tasks but such steps.
"""

import array
import ctypes
import os
import sys

from protocol import Unable, describe, now, read, serve
from pytorch_epoch import epoch
from pytorch_memory import OPERATIONS
from pytorch_networks import NETWORKS

THREADS = sys.argv[1]
COMPILED = sys.argv[2:] == ['compiled']
if THREADS != 'best':
    os.environ['OMP_NUM_THREADS'] = THREADS


def load(file):
    dtype = {'f32': torch.float32, 'i32': torch.int32, 'u8': torch.uint8}[file['dtype']]
    return torch.frombuffer(read(file), dtype=dtype).clone().reshape(file['shape'])


def matmul(task):
    a, b = load(task['a']), load(task['b'])
    out = torch.empty(a.shape[0], b.shape[1])

    def run(iterations):
        with torch.inference_mode():
            for _ in range(iterations):
                torch.mm(a, b, out=out)

    def outcome():
        run(1)
        return out.flatten().tolist()

    return outcome, run


def conv(task):
    x, gradient = load(task['x']), load(task['gradient'])
    layers = [(load(layer['weight']), layer) for layer in task['layers']]
    rank = x.dim() - 2
    plain = {2: torch.nn.functional.conv2d, 3: torch.nn.functional.conv3d}[rank]
    result = []

    def forward(x, weight, layer):
        options = {name: layer[name] for name in ('stride', 'padding', 'dilation', 'groups')}
        if not layer['transposed']:
            return plain(x, weight, **options)
        more = layer['outputPadding']
        return torch.nn.functional.conv_transpose2d(x, weight, output_padding=more, **options)

    def backward(g, x, weight, layer, *wanted):
        lists = (layer[name] for name in ('stride', 'padding', 'dilation'))
        more = (layer['transposed'], layer['outputPadding'], layer['groups'])
        mask = [*wanted, False]
        return torch.ops.aten.convolution_backward(g, x, weight, None, *lists, *more, mask)

    # A gradient of the input asks for the shapes of what comes between, not for values.
    between = [x]
    for weight, layer in layers[:-1]:
        between.append(torch.empty_like(forward(between[-1], weight, layer)))

    def step():
        if task['pass'] == 'forward':
            y = x
            for weight, layer in layers:
                y = forward(y, weight, layer)
            return [y]
        by_input = task['pass'] == 'input'
        inputs = between if by_input else [x]
        for weight, layer in layers[: len(layers) - len(inputs)]:
            inputs.append(forward(inputs[-1], weight, layer))
        g, grads = gradient, []
        for i, (weight, layer) in reversed(list(enumerate(layers))):
            wanted = by_input or i > 0, not by_input
            g, of_weight, _ = backward(g, inputs[i], weight, layer, *wanted)
            grads.insert(0, of_weight)
        return [g] if by_input else grads

    def run(iterations):
        nonlocal result
        with torch.inference_mode():
            for _ in range(iterations):
                result = step()

    def outcome():
        run(1)
        return elements(torch.cat([part.flatten() for part in result]))

    return outcome, run


def segment(task):
    ptr, index, values, x = (load(task[name]) for name in ('ptr', 'index', 'values', 'x'))
    nodes = len(ptr) - 1
    matrix = torch.sparse_csr_tensor(ptr, index, values, (nodes, nodes))
    lengths = ptr.diff().long()
    result = None

    def run(iterations):
        nonlocal result
        with torch.inference_mode():
            for _ in range(iterations):
                if task['op'] == 'spmm':
                    result = matrix @ x
                else:
                    result = torch.segment_reduce(x, 'sum', lengths=lengths, unsafe=True)

    def outcome():
        run(1)
        return result.flatten().tolist()

    return outcome, run


def mlp_step(task):
    layers = []
    for weight, bias in zip(task['weights'], task['biases']):
        linear = torch.nn.Linear(*weight['shape'])
        with torch.no_grad():
            linear.weight.copy_(load(weight).T)
            linear.bias.copy_(load(bias))
        layers += [linear, torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    parameters = list(model.parameters())
    betas = (task['beta1'], task['beta2'])
    optimizer = torch.optim.Adam(parameters, lr=task['lr'], betas=betas, eps=task['eps'], fused=True)
    criterion = torch.nn.CrossEntropyLoss()
    batches = list(load(task['images'])), list(load(task['labels']).long())
    return training(lambda x, y: criterion(model(x), y), optimizer, batches)


def network(task):
    p = {name: load(file).requires_grad_() for name, file in task['parameters'].items()}
    batches = list(load(task['x'])), list(load(task['y']).long())
    loss = NETWORKS[task['network']](p, task, load)
    return training(loss, torch.optim.Adam(p.values(), lr=task['lr'], fused=True), batches)


def memory(task):
    if task['op'] not in OPERATIONS:
        raise Unable(f'does not do {task["op"]}')
    step, result = OPERATIONS[task['op']](task, load)

    def run(iterations):
        with torch.no_grad():
            for _ in range(iterations):
                step()

    def outcome():
        run(1)
        return elements(result())

    return outcome, run


def elements(tensor):
    """The elements of a tensor as an array of f64, which a list would take long to be."""
    values = tensor.detach().double().flatten()
    return array.array('d', ctypes.string_at(values.data_ptr(), values.nbytes))


def training(loss_of, optimizer, batches):
    """The task of a step of training: the loss of the next batch, backward, the optimizer's step."""
    xs, ys = batches
    loss_of = torch.compile(loss_of, dynamic=False) if COMPILED else loss_of
    t = 0

    def step():
        nonlocal t
        loss = loss_of(xs[t % len(xs)], ys[t % len(ys)])
        t += 1
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss

    def run(iterations):
        for _ in range(iterations - 1):
            step()
        step().item()

    return lambda: [step().item()], run


def choose_threads(run):
    """`run` with the number of threads, up to one for each core, that makes a slice of it fastest."""
    counts, count = [], 1
    while count < os.cpu_count():
        counts.append(count)
        count *= 2
    counts.append(os.cpu_count())
    best, least = 1, float('inf')
    for count in counts:
        torch.set_num_threads(count)
        start = now()
        run(1)
        at_once = 10 if now() - start < 50 else 1
        start, iterations = now(), 0
        while now() - start < 500:
            run(at_once)
            iterations += at_once
        per_iteration = (now() - start) / iterations
        if per_iteration < least:
            best, least = count, per_iteration

    def run_with_best(iterations):
        torch.set_num_threads(best)
        run(iterations)

    return run_with_best, {'threads': best}


def try_compiler():
    try:
        torch.compile(lambda x: x.sin() + 1)(torch.zeros(8))
    except Exception as error:
        raise Unable(f'torch.compile does not work here: {describe(error)}') from error


def open_library():
    global torch
    import torch

    if THREADS != 'best':
        torch.set_num_threads(int(THREADS))
    if COMPILED:
        try_compiler()
    return {'version': torch.__version__, 'threads': torch.get_num_threads()}


STEPS = {'mlpStep': mlp_step, 'network': network}
OTHERS = {
    'matmul': matmul,
    'conv': conv,
    'segment': segment,
    'memory': memory,
    'epoch': lambda task: epoch(task, load),
}
MAKERS = STEPS if COMPILED else {**OTHERS, **STEPS}
serve(open_library, MAKERS, choose_threads if THREADS == 'best' else None)
