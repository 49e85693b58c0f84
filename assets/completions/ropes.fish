# fish completion for ropes: what `ropes --help` and `ropes SUBCOMMAND --help` list

function __ropes_subcommands
    ropes --help 2>/dev/null | string match -rg '^  ([a-z]+) +(.*)' | paste - -
end

function __ropes_options
    set -l tokens (commandline -opc)
    ropes $tokens[2] --help 2>/dev/null | string match -rg '^  (--[a-z-]+)(?: [A-Z|]+)? +(.*)' | paste - -
end

function __ropes_courses
    ropes list 2>/dev/null | string match -rg '^(\S+)'
end

complete -c ropes -n __fish_use_subcommand -f -a '(__ropes_subcommands)'
complete -c ropes -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(__ropes_options)'
complete -c ropes -n '__fish_seen_subcommand_from config; and not __fish_seen_subcommand_from colour daemon editing idle learner network plain timeout' -f -a 'colour daemon editing idle learner network plain timeout'
complete -c ropes -n '__fish_seen_subcommand_from export; and not __fish_seen_subcommand_from md csv json xapi gift anki' -f -a 'md csv json xapi gift anki'
complete -c ropes -n '__fish_seen_subcommand_from learn list show quiz review progress notes reset lint test record md csv json xapi gift anki' -a '(__ropes_courses)'
complete -c ropes -n '__fish_seen_subcommand_from daemon' -f -a 'start stop status env'
complete -c ropes -n '__fish_seen_subcommand_from images; and not __fish_seen_subcommand_from list add remove' -f -a 'list add remove'
complete -c ropes -n '__fish_seen_subcommand_from images; and __fish_seen_subcommand_from remove' -f -a '(ropes images list 2>/dev/null | string match -rg "^(\S+) .* added from ")'
complete -c ropes -l daemon -x -a 'practice host none' -n '__fish_seen_subcommand_from learn record reset review test join'
complete -c ropes -n '__fish_seen_subcommand_from serve; and not __fish_seen_subcommand_from key team pseudonyms retention' -f -a 'assign audit backup erase export key pseudonyms report restore retention roster team'
complete -c ropes -n '__fish_seen_subcommand_from serve; and __fish_seen_subcommand_from key team' -f -a 'add list remove'
complete -c ropes -n '__fish_seen_subcommand_from serve; and __fish_seen_subcommand_from pseudonyms' -f -a 'on off'
complete -c ropes -n '__fish_seen_subcommand_from serve; and __fish_seen_subcommand_from retention' -f -a 'show off'
