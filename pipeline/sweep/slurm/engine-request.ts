/** What `engine: auto` means on the nodes of a cluster: the machine that submits has perhaps no GPU. Pure. */
import type { EngineRequest } from '../../catalog.ts';
import type { SlurmSettings } from './settings.ts';

/** The request with `auto` resolved: what a config names itself (a backend, a device, threads) stands. */
export function engineOnNodes({ engine, gres }: Pick<SlurmSettings, 'engine' | 'gres'>, request: EngineRequest): EngineRequest {
  if (request.backend !== 'auto') return request;
  const { backend, device } = engine ?? { backend: 'tensorflow' as const };
  if (backend === 'wasm') return { ...request, backend };
  return { ...request, backend, device: request.device ?? device ?? (asksForGpu(gres) ? 'gpu:0' : 'cpu') };
}

const asksForGpu = (gres: string | null | undefined): boolean => /(^|,)gpu(:|,|$)/.test(gres ?? '');
