import { provoke } from './provoke.ts';

await provoke('short');
