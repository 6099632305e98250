// node --import tsx test/mutation/run.ts [part of a name]: breaks the training in every known way and shows which test sees it.
import { survey } from './survey.ts';

const { survived } = await survey((line) => console.log(line), process.argv[2]);
process.exitCode = survived.length > 0 ? 1 : 0;
