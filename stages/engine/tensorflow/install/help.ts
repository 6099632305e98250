/** What an installation is given by whoever asked for it. */
import type { EngineSelectionHelp } from '../../../../pipeline/catalog.ts';
import type { Recipe } from '../recipe.ts';

export type InstallHelp = Pick<EngineSelectionHelp, 'offline' | 'stop' | 'progress' | 'say'>;

/** The folders of one installation in the making. */
export interface Workshop {
  readonly recipe: Recipe;
  readonly help: InstallHelp;
  /** Holds everything below; what is in it survives an interruption. */
  readonly folder: string;
  /** Becomes the installation: npm's packages, with TensorFlow and the binding added. */
  readonly packages: string;
  readonly downloads: string;
}
