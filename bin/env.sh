# Source this file before pulumi: `. bin/env.sh`. The program says so where one of the three is missing.
# shellcheck shell=sh
export PULUMI_CONTINUE_ON_ERROR=true # a host that fails does not stop the others
export PULUMI_RUN_PROGRAM=true       # refresh and destroy reach hosts by the present settings, not by the last up's
export PULUMI_PARALLEL=64            # resources wait for hosts, not for this machine's cores
