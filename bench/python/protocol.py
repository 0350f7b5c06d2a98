"""What the peers in Python have in common: the protocol of src/measure/protocol.ts.

A peer gives `serve` what opens its library and how it prepares each kind of task: a function of the
task that returns `outcome`, which runs once and returns what came out in order, and `run(iterations)`.
"""

import array
import json
import sys
import time

MARK = '@bench '


class Unable(Exception):
    """What a peer does not do, in words that need no name of an error."""


def now():
    return time.perf_counter() * 1000


def read(file):
    """The elements of an array's file, in row-major order."""
    values = array.array({'f32': 'f', 'i32': 'i', 'u8': 'B'}[file['dtype']])
    with open(file['path'], 'rb') as stream:
        values.frombytes(stream.read())
    return values


def describe(error):
    """An error in one line; where its first only leads on, with the next."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    end = 2 if lines and lines[0].endswith(':') else 1
    text = ' '.join(lines[:end])
    return text if isinstance(error, Unable) else f'{type(error).__name__}: {text}'


def serve(open_library, makers, settle=None):
    """Answers requests until there are no more.

    `settle(run)`, if given, is called once for each task, when it has been checked; it returns the
    `run` to take in its place, and what to add to the reply.
    """
    instances = {}

    def open_peer(_):
        start = now()
        return {**open_library(), 'importMs': now() - start}

    def prepare(request):
        kind = request['task']['kind']
        if kind not in makers:
            raise Unable(f'does not do {kind}')
        start = now()
        outcome, run = makers[kind](request['task'])
        built = now()
        outcomes = outcome()
        first = now()
        with open(request['outcome'], 'wb') as stream:
            array.array('d', outcomes).tofile(stream)
            for _ in range(request['checks'] - 1):
                array.array('d', outcome()).tofile(stream)
        run, more = settle(run) if settle else (run, {})
        instances[request['handle']] = run
        return {'buildMs': built - start, 'firstMs': first - built, **more}

    def run_instance(request):
        start = now()
        instances[request['handle']](request['iterations'])
        return {'ms': now() - start}

    commands = {'open': open_peer, 'prepare': prepare, 'run': run_instance}
    for line in sys.stdin:
        try:
            request = json.loads(line)
            reply = commands[request['command']](request)
        except Exception as error:  # whatever it is, the parent reports it
            reply = {'error': describe(error)}
        print(MARK + json.dumps(reply), flush=True)
