"""Losses of the networks of src/workloads/network-data.ts in JAX, by name: `loss(p, x, y)`.

JAX is imported where it is used: not before the process is bound to its cores.
"""


def cross_entropy(logits, labels):
    import jax
    import jax.numpy as jnp

    log_probabilities = jax.nn.log_softmax(logits)
    return -jnp.take_along_axis(log_probabilities, labels[:, None], axis=1).mean()


def cnn(task, load):
    """Of the ways tried (channels first or last, `reduce_window` or the maximum over axes of their
    own) this is the fastest by far: the gradient of `reduce_window` is slow."""
    import jax

    def layer(x, w, b):
        layout = ('NHWC', 'OIHW', 'NHWC')
        x = jax.lax.conv_general_dilated(x, w, (1, 1), 'SAME', dimension_numbers=layout) + b
        n, height, width, channels = x.shape
        windows = (n, height // 2, 2, width // 2, 2, channels)
        return jax.nn.relu(x).reshape(windows).max((2, 4))

    def loss(p, x, y):
        x = x.transpose(0, 2, 3, 1)
        features = layer(layer(x, p['w1'], p['b1']), p['w2'], p['b2']).transpose(0, 3, 1, 2)
        hidden = jax.nn.relu(features.reshape(len(x), -1) @ p['w3'].T + p['b3'])
        return cross_entropy(hidden @ p['w4'].T + p['b4'], y)

    return loss


def lstm(task, load):
    import jax
    import jax.numpy as jnp

    def loss(p, x, y):
        # The projection of all steps is one product ahead of the scan.
        projected = x @ p['wx'].T + (p['bx'] + p['bh'])
        weight = p['wh'].T

        def cell(state, inputs):
            h, c = state
            i, f, g, o = jnp.split(inputs + h @ weight, 4, axis=-1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

        start = jnp.zeros((x.shape[1], len(weight)))
        (last, _), _ = jax.lax.scan(cell, (start, start), projected)
        return cross_entropy(last @ p['w'].T + p['b'], y)

    return loss


def attention(task, load):
    import jax
    import jax.numpy as jnp

    heads = task['heads']

    def layer_norm(x, scale, shift):
        centred = x - x.mean(-1, keepdims=True)
        variance = (centred * centred).mean(-1, keepdims=True)
        return centred * jax.lax.rsqrt(variance + 1e-5) * scale + shift

    def loss(p, x, y):
        n, t, width = x.shape
        parts = layer_norm(x, p['scale1'], p['shift1']) @ p['qkv'].T + p['qkvBias']
        q, k, v = (parts.reshape(n, t, 3, heads, width // heads)[:, :, i] for i in range(3))
        mixed = jax.nn.dot_product_attention(q, k, v, is_causal=True).reshape(n, t, width)
        x = x + mixed @ p['out'].T + p['outBias']
        wide = layer_norm(x, p['scale2'], p['shift2']) @ p['up'].T + p['upBias']
        x = x + jax.nn.gelu(wide, approximate=False) @ p['down'].T + p['downBias']
        return jnp.square(x).mean()

    return loss


def gcn(task, load):
    import jax

    rows, columns, values = (load(task['edges'][name]) for name in ('rows', 'columns', 'values'))
    nodes = task['x']['shape'][1]

    @jax.custom_vjp
    def product(x):
        messages = values[:, None] * x[columns]
        return jax.ops.segment_sum(messages, rows, nodes, indices_are_sorted=True)

    # The matrix is symmetric.
    product.defvjp(lambda x: (product(x), None), lambda _, gradient: (product(gradient),))

    def loss(p, x, y):
        hidden = jax.nn.relu(product(x @ p['w1']) + p['b1'])
        return cross_entropy(product(hidden @ p['w2']) + p['b2'], y)

    return loss


NETWORKS = {'cnn': cnn, 'lstm': lstm, 'attention': attention, 'gcn': gcn}
