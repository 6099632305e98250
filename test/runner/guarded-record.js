// What one test file did, written where GIVERNY_TEST_REPORT says when its process ends.
import { writeFileSync } from 'node:fs';

export const record = { registered: 0, passed: 0, failed: 0, skipped: 0, problems: [], current: undefined, assertions: 0 };

process.on('exit', () => {
  const { current, assertions, ...report } = record;
  if (current) report.problems.push(`"${current}" never ended: it awaits something that does not come`);
  if (process.env.GIVERNY_TEST_REPORT) writeFileSync(process.env.GIVERNY_TEST_REPORT, JSON.stringify(report));
});
