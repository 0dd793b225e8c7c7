# Completion of netscore for bash. In ~/.bashrc:  eval "$(netscore --completion bash)"
_netscore() {
    local IFS=$'\n' command= found= word quoted restore
    local typed=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    ((COMP_CWORD > 1)) && command=${COMP_WORDS[1]}
    # In --sort=name the = is a word.
    [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD-2]}
    [[ $typed == = ]] && typed=
    case "$command $before" in
{cases}
    esac
    COMPREPLY=()
    restore=$(shopt -p nocasematch)
    shopt -s nocasematch
    for word in $found; do
        [[ $word == -* && $typed != -* ]] && continue
        printf -v quoted %q "$word"
        [[ $quoted == "$typed"* ]] && COMPREPLY+=("$quoted")
    done
    eval "$restore"
}
complete -o default -F _netscore netscore
