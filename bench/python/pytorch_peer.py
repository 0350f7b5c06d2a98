"""PyTorch eager as a peer of the benchmark: `python pytorch_peer.py THREADS`, a number or "best".

With "best", each task chooses the number of threads with which it is fastest.
"""

import os
import sys

from protocol import now, read, serve

THREADS = sys.argv[1]
if THREADS != 'best':
    os.environ['OMP_NUM_THREADS'] = THREADS


def load(file):
    dtype = torch.float32 if file['dtype'] == 'f32' else torch.int32
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
    x, weight, gradient = (load(task[name]) for name in ('x', 'weight', 'gradient'))
    options = {name: task[name] for name in ('stride', 'padding', 'dilation', 'groups')}
    pairs = [[options[name]] * 2 for name in ('stride', 'padding', 'dilation')]
    mask = [task['pass'] == 'input', task['pass'] == 'weight', False]
    result = None

    def run(iterations):
        nonlocal result
        with torch.inference_mode():
            for _ in range(iterations):
                if task['pass'] == 'forward':
                    result = torch.nn.functional.conv2d(x, weight, **options)
                else:
                    grads = torch.ops.aten.convolution_backward(
                        gradient, x, weight, None, *pairs, False, [0, 0], options['groups'], mask
                    )
                    result = grads[mask.index(True)]

    def outcome():
        run(1)
        return result.flatten().tolist()

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
    betas = (task['beta1'], task['beta2'])
    optimizer = torch.optim.Adam(
        model.parameters(), lr=task['lr'], betas=betas, eps=task['eps'], fused=True
    )
    criterion = torch.nn.CrossEntropyLoss()
    images, labels = load(task['images']), load(task['labels']).long()
    images, labels = list(images), list(labels)
    t = 0

    def step():
        nonlocal t
        x, y = images[t % len(images)], labels[t % len(labels)]
        t += 1
        loss = criterion(model(x), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss

    def run(iterations):
        for _ in range(iterations - 1):
            step()
        step().item()

    return lambda: [step().item()], run


def network(task):
    F = torch.nn.functional
    p = {name: load(file).requires_grad_() for name, file in task['parameters'].items()}
    xs, ys = list(load(task['x'])), list(load(task['y']).long())
    loss_of = {'cnn': cnn, 'lstm': lstm, 'attention': attention, 'gcn': gcn}[task['network']]
    loss_of = loss_of(F, p, task)
    optimizer = torch.optim.Adam(p.values(), lr=task['lr'], fused=True)
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


def cnn(F, p, task):
    def layer(x, w, b):
        return F.max_pool2d(F.relu(F.conv2d(x, w, b, padding=1)), 2)

    def loss(x, y):
        features = layer(layer(x, p['w1'], p['b1']), p['w2'], p['b2']).flatten(1)
        hidden = F.relu(F.linear(features, p['w3'], p['b3']))
        return F.cross_entropy(F.linear(hidden, p['w4'], p['b4']), y)

    return loss


def lstm(F, p, task):
    module = torch.nn.LSTM(p['wx'].shape[1], p['wh'].shape[1])
    for name, key in (('weight_ih', 'wx'), ('bias_ih', 'bx'), ('weight_hh', 'wh'), ('bias_hh', 'bh')):
        parameter = getattr(module, f'{name}_l0')
        with torch.no_grad():
            parameter.copy_(p[key])
        p[key] = parameter

    def loss(x, y):
        _, (last, _) = module(x)
        return F.cross_entropy(F.linear(last[0], p['w'], p['b']), y)

    return loss


def attention(F, p, task):
    heads = task['heads']

    def loss(x, y):
        n, t, width = x.shape
        normed = F.layer_norm(x, (width,), p['scale1'], p['shift1'])
        parts = F.linear(normed, p['qkv'], p['qkvBias'])
        q, k, v = parts.view(n, t, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + F.linear(mixed.transpose(1, 2).reshape(n, t, width), p['out'], p['outBias'])
        normed = F.layer_norm(x, (width,), p['scale2'], p['shift2'])
        wide = F.gelu(F.linear(normed, p['up'], p['upBias']))
        x = x + F.linear(wide, p['down'], p['downBias'])
        return x.square().mean()

    return loss


def gcn(F, p, task):
    rows, columns, values = (load(task['edges'][name]) for name in ('rows', 'columns', 'values'))
    nodes = task['x']['shape'][1]
    ptr = torch.zeros(nodes + 1, dtype=torch.int32)
    ptr[1:] = torch.bincount(rows, minlength=nodes).cumsum(0)
    matrix = torch.sparse_csr_tensor(ptr, columns, values, (nodes, nodes))

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(_, x):
            return matrix @ x

        @staticmethod
        def backward(_, gradient):
            return matrix @ gradient

    def loss(x, y):
        hidden = F.relu(Product.apply(x @ p['w1']) + p['b1'])
        return F.cross_entropy(Product.apply(hidden @ p['w2']) + p['b2'], y)

    return loss


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
        run(1)
        start, iterations = now(), 0
        while now() - start < 500:
            run(10)
            iterations += 10
        per_iteration = (now() - start) / iterations
        if per_iteration < least:
            best, least = count, per_iteration

    def run_with_best(iterations):
        torch.set_num_threads(best)
        run(iterations)

    return run_with_best, {'threads': best}


def open_library():
    global torch
    import torch

    if THREADS != 'best':
        torch.set_num_threads(int(THREADS))
    return {'version': torch.__version__, 'threads': torch.get_num_threads()}


MAKERS = {
    'matmul': matmul,
    'conv': conv,
    'segment': segment,
    'mlpStep': mlp_step,
    'network': network,
}
serve(open_library, MAKERS, choose_threads if THREADS == 'best' else None)
