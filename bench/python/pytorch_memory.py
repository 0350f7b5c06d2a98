"""Operations bound by memory in PyTorch, by name: `step()` and `result()`, the tensor it writes."""


def unary(operation):
    def make(task, load):
        import torch

        x = load(task['x'])
        out = torch.empty(() if task['op'] == 'sum' else x.shape)
        return lambda: operation(torch, x, out), lambda: out

    return make


def chain(torch, x, out):
    torch.abs(x, out=out).mul_(0.5).add_(1).mul_(x).sub_(0.25)


def adam(task, load):
    import torch

    parameter = torch.nn.Parameter(load(task['x']))
    optimizer = torch.optim.Adam([parameter], fused=True)
    gradients = list(load(task['gradients']))
    t = 0

    def step():
        nonlocal t
        parameter.grad = gradients[t % len(gradients)]
        t += 1
        optimizer.step()

    return step, lambda: parameter


def embedding(task, load):
    import torch

    table = load(task['x']).requires_grad_()
    index, gradient = load(task['index']).long(), load(task['gradient'])
    rows = None

    def step():
        nonlocal rows
        table.grad = None
        with torch.enable_grad():
            rows = torch.nn.functional.embedding(index, table)
            rows.backward(gradient)

    return step, lambda: torch.cat([rows.flatten(), table.grad.flatten()])


OPERATIONS = {
    'chain': unary(chain),
    'exp': unary(lambda torch, x, out: torch.exp(x, out=out)),
    'softmax': unary(lambda torch, x, out: torch.softmax(x, 1, out=out)),
    'sum': unary(lambda torch, x, out: torch.sum(x, 0, out=out)),
    'adam': adam,
    'embedding': embedding,
}
