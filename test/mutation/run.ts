// node --import tsx test/mutation/run.ts [parts of names…]: breaks the training in every known way and shows which test sees it.
import { survey } from './survey.ts';

const { survived } = await survey((line) => console.log(line), process.argv.slice(2));
process.exitCode = survived.length > 0 ? 1 : 0;
