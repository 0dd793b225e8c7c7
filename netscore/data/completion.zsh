#compdef netscore
# Completion of netscore for zsh. In ~/.zshrc, behind compinit:  eval "$(netscore --completion zsh)"
_netscore() {
    local command found
    ((CURRENT > 2)) && command=$words[2]
    case "$command $words[CURRENT-1]" in
{cases}
    esac
    [[ $words[CURRENT] == -* ]] || found=${(F)${(f)found}:#-*}
    compadd -M 'm:{a-zA-Z}={A-Za-z}' -- ${(f)found} || _files
}
compdef _netscore netscore
