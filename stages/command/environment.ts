/**
 * What a program sees of the environment besides the variables that its stage declares: what any program needs to start
 * and to find its libraries. Nothing else, so that a result cannot depend on a variable that is not in the key unnoticed.
 */
const always: readonly RegExp[] = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|TZ|TMPDIR|TMP|TEMP)$/,
  /^(LANG|LANGUAGE|LC_[A-Z]+)$/,
  /^(LD_LIBRARY_PATH|DYLD_(FALLBACK_)?LIBRARY_PATH)$/,
  /^(VIRTUAL_ENV|CONDA_PREFIX|CONDA_DEFAULT_ENV|PYENV_(ROOT|VERSION)|XDG_[A-Z_]+)$/,
  /^(CUDA|NVIDIA)_VISIBLE_DEVICES$/,
  /^(https?|no|all)_proxy$/i,
  /^(SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$/,
  /^(SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|APPDATA|LOCALAPPDATA|USERPROFILE|ProgramFiles.*|ProgramData)$/i,
];

export function environmentFor(declared: readonly string[], all: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const passed = Object.entries(all).filter(([name]) => declared.includes(name) || always.some((pattern) => pattern.test(name)));
  // Python holds back what it prints to a pipe; people want to see it when it is printed.
  return { PYTHONUNBUFFERED: '1', ...(Object.fromEntries(passed) as Record<string, string>) };
}
