# Completion of netscore for bash. In ~/.bashrc:  eval "$(netscore --completion bash)"
_netscore() {
    local IFS=$'\n' command= found= word quoted restore
    ((COMP_CWORD > 1)) && command=${COMP_WORDS[1]}
    case "$command ${COMP_WORDS[COMP_CWORD-1]}" in
{cases}
    esac
    COMPREPLY=()
    restore=$(shopt -p nocasematch)
    shopt -s nocasematch
    for word in $found; do
        [[ $word == -* && ${COMP_WORDS[COMP_CWORD]} != -* ]] && continue
        printf -v quoted %q "$word"
        [[ $quoted == "${COMP_WORDS[COMP_CWORD]}"* ]] && COMPREPLY+=("$quoted")
    done
    eval "$restore"
}
complete -o default -F _netscore netscore
