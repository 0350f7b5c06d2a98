"""JAX as a peer of the benchmark: `python jax_peer.py THREADS`, "1" or "best".

XLA has no setting for its number of threads, so that "1" binds the process to one core, and "best"
leaves all of them to it. A training step is one jitted function, which may write its results over
the weights and the optimizer's state of the step before.
"""

import os
import sys

from jax_networks import NETWORKS
from protocol import read, serve

THREADS = sys.argv[1]
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8


def load(file):
    import numpy

    return jnp.asarray(numpy.array(read(file)).reshape(file['shape']))


def matmul(task):
    a, b = load(task['a']), load(task['b'])
    product = jax.jit(jnp.matmul)

    def run(iterations):
        for _ in range(iterations - 1):
            product(a, b)
        product(a, b).block_until_ready()

    return lambda: product(a, b).ravel().tolist(), run


def training(loss, parameters, batches, lr, beta1=BETA1, beta2=BETA2, eps=EPS):
    """The task of a step of training: `loss(parameters, x, y)`, backward, Adam as in PyTorch."""
    tree_map = jax.tree.map

    def update(state, x, y):
        p, m, v, t = state
        value, g = jax.value_and_grad(loss)(p, x, y)
        t = t + 1
        m = tree_map(lambda m, g: beta1 * m + (1 - beta1) * g, m, g)
        v = tree_map(lambda v, g: beta2 * v + (1 - beta2) * g * g, v, g)
        rate, root = lr / (1 - beta1**t), jnp.sqrt(1 - beta2**t)
        p = tree_map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) / root + eps), p, m, v)
        return (p, m, v, t), value

    update = jax.jit(update, donate_argnums=0)
    xs, ys = batches
    zeros = lambda: tree_map(jnp.zeros_like, parameters)
    state, t = (parameters, zeros(), zeros(), jnp.float32(0)), 0

    def step():
        nonlocal state, t
        state, value = update(state, xs[t % len(xs)], ys[t % len(ys)])
        t += 1
        return value

    def run(iterations):
        for _ in range(iterations - 1):
            step()
        step().item()

    return lambda: [step().item()], run


def mlp_step(task):
    layers = [(load(w), load(b)) for w, b in zip(task['weights'], task['biases'])]
    batches = list(load(task['images'])), list(load(task['labels']))

    def loss(p, x, y):
        for i, (weight, bias) in enumerate(p):
            x = x @ weight + bias
            if i < len(p) - 1:
                x = jax.nn.relu(x)
        log_probabilities = jax.nn.log_softmax(x)
        return -jnp.take_along_axis(log_probabilities, y[:, None], axis=1).mean()

    return training(loss, layers, batches, *(task[k] for k in ('lr', 'beta1', 'beta2', 'eps')))


def network(task):
    parameters = {name: load(file) for name, file in task['parameters'].items()}
    batches = list(load(task['x'])), list(load(task['y']))
    loss = NETWORKS[task['network']](task, load)
    return training(loss, parameters, batches, task['lr'])


def open_library():
    global jax, jnp
    if THREADS == '1':
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    import jax
    import jax.numpy as jnp

    jax.devices('cpu')
    return {'version': jax.__version__, 'threads': len(os.sched_getaffinity(0))}


serve(open_library, {'matmul': matmul, 'mlpStep': mlp_step, 'network': network})
