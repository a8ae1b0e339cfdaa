#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What is done with a fuzz target that build.mk has built.
#	fuzz.sh run SRCDIR TARGET RUNS SECONDS
#	fuzz.sh plant SRCDIR TARGET
#	fuzz.sh coverage SRCDIR TARGET
set -eu
verb=$1 srcdir=$2 target=$3
corpus=$srcdir/t/fuzz/corpus/$target
log=fuzz/$verb-$target.log
: "${AWK:=awk}" "${GCOV:=gcov}"

# Of each target: the longest input, what a report of its plant says, and what
# is under test, a file or some functions of one.
table() {
	cat <<'END_OF_TABLE'
address 200 tcp_parse|SUMMARY.*address.c
	runtime/address.c:port_parse,host_parse,tcp_parse,unix_parse,name_parse
	runtime/address.c:option_parse,listener_parse
	runtime/sticky.c:sticky_begin,sticky_parse,sticky_option,sticky_text
	runtime/sticky.c:number,prefix_parse,factor_parse
	runtime/trusted.c
	tools/port.c:map_v4,port_parse
attach 128 fds_open_from
	shm/attach.c
	shm/region.c
cgroup 400 SUMMARY.*runtime/cgroup.c
	runtime/cgroup.c
	runtime/cpus.c
command 200 SUMMARY.*cadre.c|runtime.error.*cadre.c|cadre.c.*runtime.error
	tools/app.c
	tools/cadre.c:find,distance,nearest,unknown,cmd_help,cmd_version
	tools/cmd-run.c:cmd_run,cmd_start
	tools/intake.c
config 300 broken.claim
	runtime/metrics.c
	runtime/program.c:name_length,program_assign
control 300 broken.claim
	runtime/control.c:control_error,control_end,control_send,on_ready,on_slot
	runtime/control.c:on_declare,slot_send,frame_take,control_read
	runtime/clients.c:client_ready,client_serve,clients_reloaded,refuse
	runtime/clients.c:on_stop,on_restart,on_reload,on_scale,on_signal
cookie 300 broken.claim
	runtime/sticky-key.c:head_begin,is_token,value_add,value_end,absent
	runtime/sticky-key.c:in_line,is_cookie_end,after_cookie,in_value,in_cookie
frame 48 broken.claim
	shm/frame.c
message 200 broken.claim
	runtime/inbox.c:inbox_receive,receive,take_fds,mail_seats,has_memfd
	runtime/inbox.c:inbox_take,mail_check,mail_open,mail_close,inbox_discard
	runtime/link.c
	runtime/relay.c
	runtime/mailbox.c:mailbox_message,mailbox_hear,decline
	runtime/answers.c:mailbox_answer,mailbox_lost,mailbox_due
	runtime/mailbox-master.c:asked,lost
	runtime/channel.c:channel_flush,enqueue,has_room,channel_drop_oldest
notify 400 says_ready|broken.claim
	runtime/notify.c:says_ready,stranger,sender_of,notify_ready
proxy 300 SUMMARY.*proxy.c
	runtime/proxy.c
proc 400 SUMMARY.*shm/proc.c
	shm/proc.c
	tools/proc.c
	tools/port.c:is_any,hex_address,listeners
query 300 broken.claim
	runtime/sticky-key.c:head_begin,query_byte,hex,percent_end,query_end,in_query
region 256 shm/(values|history|schema).c
	shm/schema.c
	shm/values.c
	shm/view.c
	shm/history.c
rundir 400 broken.claim:.opened
	shm/rundir.c
text 40 escape
	tools/text.c
	tools/verb.c:verb_seconds
worker 300 fds_open_from
	runtime/attach.c
END_OF_TABLE
}
row=$(table | "$AWK" -v target="$target" '
	/^\t/ { if (mine) print $1; next }
	{ mine = $1 == target }
	mine { print $2, $3 }')
[ -n "$row" ] || { echo "no target $target" >&2; exit 2; }
# shellcheck disable=SC2086 # a list of words
set -- "${4:-0}" "${5:-0}" $row
runs=$1 seconds=$2 longest=$3 report=$4
shift 4
options="-max_len=$longest -entropic_scale_per_exec_time=1 -print_funcs=0
    -print_final_stats=1 -artifact_prefix=fuzz/$verb-$target-"
ASAN_OPTIONS=quarantine_size_mb=8
export ASAN_OPTIONS

stat_of() {			# NAME: a number of libFuzzer's last lines
	sed -n "s/^stat::$1: *//p" "$log"
}

run() {				# what is found goes to fuzz/found, to look at
	mkdir -p "fuzz/found/$target"
	# shellcheck disable=SC2086
	if "fuzz/run/$target" $options -runs="$runs" \
	    -max_total_time="$seconds" "fuzz/found/$target" "$corpus" \
	    >"$log" 2>&1
	then
		echo "$target: $(stat_of number_of_executed_units) executions," \
		    "$(stat_of average_exec_per_sec)/s, no finding"
	else
		tail -30 "$log"
		echo "$target: a FINDING, see $log" >&2
		exit 1
	fi
}

# Found where it was planted; and what shows it does no harm without it.
plant() {
	rm -f fuzz/plant-"$target"-*
	rm -rf "fuzz/planted/$target"
	mkdir -p "fuzz/planted/$target"
	# What is committed again and again, for a race is chance; then more.
	# shellcheck disable=SC2086
	if "fuzz/plant/$target" $options -runs=2000 "$corpus"/* \
	    >"$log" 2>&1 &&
	    "fuzz/plant/$target" $options -runs=2000000 \
	    "fuzz/planted/$target" "$corpus" >>"$log" 2>&1
	then
		echo "$target: the planted bug was NOT found, see $log" >&2
		exit 1
	fi
	grep -Eq -- "$report" "$log" || {
		echo "$target: found something else, see $log" >&2
		exit 1
	}
	input=$(find fuzz -name "plant-$target-[a-z]*-*")
	[ -n "$input" ] ||	# one of the committed, which are not copied
		input=$(sed -n 's/^Running: //p' "$log" | tail -1)
	"fuzz/run/$target" "$input" >>"$log" 2>&1 || {
		echo "$target: found without the plant, too; see $log" >&2
		exit 1
	}
	echo "$target: the planted bug was found"
}

covered() {			# FILE[:FUNCTION,…]: "PERCENT LINES" of it
	file=${1%%:*}
	case $1 in *:*) names=${1#*:} ;; *) names= ;; esac
	find "fuzz/coverage/t/fuzz/fuzz-$target.gcda" \
	    "fuzz/coverage/${file%.c}.gcda" \
	    -exec "$GCOV" -f -n {} + 2>/dev/null |
	    "$AWK" -v file="/$file" -v names=",$names," '
		$1 == "File" || $1 == "Function" {
			what = substr($2, 2, length($2) - 2)
			tail = substr("/" what, length(what) + 2 - length(file))
			mine = names == ",," ? $1 == "File" && tail == file : \
			    $1 == "Function" && index(names, "," what ",")
		}
		/^Lines executed:/ && mine {
			split($2, part, /[:%]/)
			done += part[2] / 100 * $NF
			lines += $NF
			mine = 0
		}
		END { printf "%.1f %d\n", lines ? 100 * done / lines : 0, lines }'
}

coverage() {
	find fuzz/coverage -name '*.gcda' -exec rm -f {} +
	top_srcdir=$srcdir "fuzz/coverage/$target" >"$log" 2>&1 || {
		cat "$log"
		exit 1
	}
	poor=0
	for what; do
		got=$(covered "$what")
		echo "$target: ${got% *} % of ${got#* } lines: $what"
		poor=$(echo "${got% *} $poor" | "$AWK" '{ print ($1 < 90) + $2 }')
	done
	[ "$poor" -eq 0 ] || { echo "$target: under 90 %" >&2; exit 1; }
}

"$verb" "$@"
