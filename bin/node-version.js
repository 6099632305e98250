// The oldest Node that giverny supports, said in one line instead of a syntax error.
const oldest = [20, 9];

export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  console.error(`giverny needs Node ${oldest.join('.')} or later; this is Node ${version}.`);
  process.exit(64);
}
