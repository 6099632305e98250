// Module resolution hook: everybody but the guard itself gets the guarded modules.
const guarded = { 'uvu': 'guarded-uvu.js', 'uvu/assert': 'guarded-assert.js' };

export function resolve(specifier, context, next) {
  const file = guarded[specifier];
  if (!file || context.parentURL?.includes('/test/runner/guarded-')) return next(specifier, context);
  return { url: new URL(file, import.meta.url).href, shortCircuit: true, format: 'module' };
}
