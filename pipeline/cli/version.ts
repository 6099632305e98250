/** The version of this giverny, from its package.json. */
import packageJson from '../../package.json' with { type: 'json' };

export const givernyVersion: string = packageJson.version;
