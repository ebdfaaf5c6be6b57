#!/bin/sh
# Makes the secrets that docker-compose.yml hands to its services, each in a file of its own, where there is none yet:
#   sh deploy/images/make-secrets.sh [FOLDER]
set -eu
folder=${1:-secrets}
mkdir -p "$folder"
# Nobody else enters the folder. The files in it can be read, since each container's user is another one, and is
# shown nothing but its own files.
chmod 700 "$folder"

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

keep() {
    [ -s "$folder/$1" ] && return
    printf '%s' "$2" > "$folder/$1.draft"
    chmod 644 "$folder/$1.draft"
    mv "$folder/$1.draft" "$folder/$1"
    echo "made $folder/$1"
}

keep postgres_password "$(random)"
keep redis_password "$(random)"
keep master_key "$(random)"
keep api_key "rc_$(random)"
keep flower_login "flower:$(random)"
keep grafana_password "$(random)"
keep metrics_token "$(random)"
