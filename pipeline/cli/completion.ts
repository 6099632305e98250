/** `giverny completion bash|zsh|fish`: a script by which a shell completes verbs, flags, runs and paths of a config. */
import { nearestName } from '../config/nearest-name.ts';
import { failed } from '../failure.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** How the scripts ask; the words of the command line follow, the last being the one to complete. */
const asking = '--complete';

export async function completionCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const [shell, ...rest] = args;
  if (shell === asking) {
    const { candidates } = await import('./completion-candidates.ts');
    // Whoever presses Tab has not finished: nothing is a mistake yet.
    const found = await candidates(rest.slice(rest[0] === '--' ? 1 : 0), io).catch(() => []);
    io.stdout(found.map((each) => `${each}\n`).join(''));
    return 0;
  }
  const known = shells.find((each) => each === shell);
  if (known !== undefined && rest.length === 0) {
    io.stdout(scripts[known]);
    return 0;
  }
  const near = shell === undefined ? undefined : nearestName(shell, shells);
  const message = shell === undefined ? 'giverny completion needs a shell' : known === undefined ? `giverny completion knows no ${shell}` : `giverny completion takes one shell, and cannot use ${rest[0]!}`;
  return printFailure(failed('usage', message, { expected: near === undefined ? shells.join(', ') : `did you mean ${near}?`, hint: 'giverny completion --help' }).failure, io);
}

/**
 * In bash a word ends at = and :, so the answer is cut to what bash calls the word. What ends with =, . or / goes on: no
 * space after it. Without an answer, file names.
 */
const bash = `# giverny: completion for bash. In ~/.bashrc: eval "$(giverny completion bash)"
_giverny() {
  local line=\${COMP_LINE:0:COMP_POINT} words whole current=\${COMP_WORDS[COMP_CWORD]}
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  whole=\${words[\${#words[@]}-1]}
  [[ $current == [=:] ]] && current=
  mapfile -t COMPREPLY < <("\${words[0]}" completion ${asking} -- "\${words[@]:1}" 2>/dev/null)
  COMPREPLY=("\${COMPREPLY[@]#"\${whole%"$current"}"}")
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} != *[=./] ]] && COMPREPLY[0]+=' '
}
complete -o default -o nospace -F _giverny giverny
`;

const zsh = `#compdef giverny
# giverny: completion for zsh. In ~/.zshrc, after compinit: eval "$(giverny completion zsh)"
_giverny() {
  local -a found
  found=("\${(@f)$($words[1] completion ${asking} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -z "$found[1]" ]]; then
    _files
    return
  fi
  compadd -- "\${(@)found:#*[=./]}"
  compadd -S '' -- "\${(@M)found:#*[=./]}"
}
compdef _giverny giverny
`;

const fish = `# giverny: completion for fish. Once: giverny completion fish > ~/.config/fish/completions/giverny.fish
complete -c giverny -a '(set -l words (commandline -opc); giverny completion ${asking} -- $words[2..] (commandline -ct) 2>/dev/null)'
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
