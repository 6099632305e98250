/** A stage's key: its identity with the OUTPUTS of what it reads. Known once those are there, it decides hits (early cut-off). */
import type { Json } from '../stage.ts';
import type { IdentityManifest } from './identity.ts';
import type { Manifest } from './manifest.ts';

export type KeyManifest = Manifest & { readonly of: 'key' };
export type TrajectoryManifest = Manifest & { readonly of: 'trajectory' };

/** `outputs`: the output digests of the stages it reads, in the config's order. */
export function keyManifest(identity: IdentityManifest, outputs: readonly string[]): KeyManifest {
  return { ...identity, of: 'key', from: outputs };
}

/** As the key, but with only the parameters that decide the weights at iteration n: what names a folder of checkpoints. */
export function trajectoryManifest(identity: IdentityManifest, trajectory: Json, outputs: readonly string[]): TrajectoryManifest {
  return { ...identity, of: 'trajectory', params: trajectory, from: outputs };
}
