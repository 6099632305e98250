/** Chooses the engine of a run. */
import type { EngineRequest, EngineSelectionHelp } from '../../pipeline/catalog.ts';
import { ok, type Result } from '../../pipeline/failure.ts';
import type { EngineSelection } from '../../pipeline/stage.ts';
import { tensorflowVersion } from './tensorflow/recipe.ts';

export async function selectEngine(request: EngineRequest, _help: EngineSelectionHelp): Promise<Result<EngineSelection>> {
  const threads = request.threads === undefined ? {} : { threads: request.threads };
  if (request.backend === 'wasm') return ok({ backend: 'wasm', version: '4.22.0', device: 'cpu', ...threads });
  return ok({ backend: 'tensorflow', version: tensorflowVersion, device: request.device ?? 'cpu', ...threads });
}
