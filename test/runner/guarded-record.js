// What one test file did, written where GIVERNY_TEST_REPORT says when its process ends.
import { writeFileSync } from 'node:fs';

export const record = { registered: 0, passed: 0, failed: 0, skipped: 0, problems: [], current: undefined, assertions: 0 };

// Read at once: a test may change the environment.
const reportFile = process.env.GIVERNY_TEST_REPORT;

process.on('exit', () => {
  const { current, assertions, ...report } = record;
  if (current) report.problems.push(`"${current}" never ended: it awaits something that does not come`);
  if (reportFile) writeFileSync(reportFile, JSON.stringify(report));
});
