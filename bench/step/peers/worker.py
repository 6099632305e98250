"""A peer as a process: a task (JSON) on the command line, a request on each line of stdin, an answer on each line of file
descriptor 3. Requests are as worker.ts writes them: {"count": 5} runs five steps, or translates five batches."""
import importlib
import json
import os
import resource
import sys
import time

sys.dont_write_bytecode = True

from start_file import StartFile


def peak_mebibytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == 'darwin' else 2**10)


def run(work, first, count):
    wall, cpu, values = [], [], {}
    for iteration in range(first, first + count):
        start, used = time.perf_counter(), time.process_time()
        values = work(iteration)
        wall.append(1000 * (time.perf_counter() - start))
        cpu.append(1000 * (time.process_time() - used))
    return {'wall': wall, 'cpu': cpu, 'values': values, 'peak': peak_mebibytes()}


def main():
    task = json.loads(sys.argv[1])
    peer = importlib.import_module(f"{task['peer']['framework']}_peer")
    work = peer.step(task, StartFile(task['file'])) if task['kind'] == 'step' else peer.translate(task, StartFile(task['file']))
    done = 0
    with os.fdopen(3, 'w') as answers:
        for line in sys.stdin:
            count = json.loads(line)['count']
            print(json.dumps(run(work, done, count)), file=answers, flush=True)
            done += count


main()
