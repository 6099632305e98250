import { provoke } from './provoke.ts';

await provoke('long');
