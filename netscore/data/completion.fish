# Completion of netscore for fish. In config.fish:  netscore --completion fish | source
function __netscore
    set -l words (commandline -opc)
    switch "$words[2] $words[-1]"
{cases}
    end
end
complete -c netscore -a '(__netscore)'
