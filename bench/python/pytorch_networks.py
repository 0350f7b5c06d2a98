"""Losses of the networks of src/workloads/network-data.ts in PyTorch, by name: `loss(x, y)`.

`p` are the parameters by name, of which a maker may replace some by those of a module. PyTorch is
imported where it is used: not before the number of threads is set.
"""


def cnn(p, task, load):
    import torch.nn.functional as F

    def layer(x, w, b):
        return F.max_pool2d(F.relu(F.conv2d(x, w, b, padding=1)), 2)

    def loss(x, y):
        features = layer(layer(x, p['w1'], p['b1']), p['w2'], p['b2']).flatten(1)
        hidden = F.relu(F.linear(features, p['w3'], p['b3']))
        return F.cross_entropy(F.linear(hidden, p['w4'], p['b4']), y)

    return loss


def lstm(p, task, load):
    import torch
    import torch.nn.functional as F

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


def attention(p, task, load):
    import torch.nn.functional as F

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


def gcn(p, task, load):
    import torch
    import torch.nn.functional as F

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


NETWORKS = {'cnn': cnn, 'lstm': lstm, 'attention': attention, 'gcn': gcn}
