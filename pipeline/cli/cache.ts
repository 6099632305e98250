/** `giverny cache ls|gc|verify|push|pull`: each in a file of its own, imported when it is asked for. */
import { didYouMean } from '../config/nearest-name.ts';
import { failed } from '../failure.ts';
import type { Command } from './command.ts';
import { printFailure } from './print-failure.ts';

const verbs: Readonly<Record<string, () => Promise<Command>>> = {
  ls: async () => (await import('./cache-ls.ts')).cacheLsCommand,
  gc: async () => (await import('./cache-gc.ts')).cacheGcCommand,
  verify: async () => (await import('./cache-verify.ts')).cacheVerifyCommand,
  push: async () => (await import('./cache-transfer.ts')).cachePushCommand,
  pull: async () => (await import('./cache-transfer.ts')).cachePullCommand,
};

export const cacheCommand: Command = async (args, io) => {
  const [verb = '', ...rest] = args;
  if (Object.hasOwn(verbs, verb)) return (await verbs[verb]!())(rest, io);
  const hint = didYouMean(verb, Object.keys(verbs));
  const { failure } = failed('usage', verb === '' ? 'giverny cache needs to know what to do' : `giverny cache cannot ${verb}`, {
    expected: `giverny cache ${Object.keys(verbs).join('|')}`, hint: hint ?? 'giverny cache --help',
  });
  return printFailure(failure, io);
};
