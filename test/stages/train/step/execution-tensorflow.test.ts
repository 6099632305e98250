// Training captured against training eagerly, bit for bit. Operations run in parallel, each on one thread.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import { testEngine } from '../../../helpers/test-engine.ts';
import { equalityTests } from './execution-equality.ts';
import { limitsTests } from './execution-limits.ts';
import { CaptureBench } from './execution-rig.ts';
import { stateTests } from './execution-state.ts';

process.env['TF_NUM_INTEROP_THREADS'] = '3';
process.env['TF_NUM_INTRAOP_THREADS'] = '1';
const tf = await testEngine('tensorflow');
const scratch = mkdtempSync(join(tmpdir(), 'execution-'));
const test = suite('captured training');
if (tf) for (const tests of [equalityTests, stateTests, limitsTests]) tests(test, new CaptureBench(tf, scratch));
test.after(() => rmSync(scratch, { recursive: true }));
test.run();
