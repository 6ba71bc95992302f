#!/bin/sh
# Puts Kafka's tool names on the PATH: DIR/kafka-topics runs `klog topics`, and so on for every tool that klog has.
set -eu
dir="${1:-/usr/local/bin}"
mkdir -p "$dir"
for tool in $(klog tools); do
  printf '#!/bin/sh\nexec klog %s "$@"\n' "$tool" >"$dir/kafka-$tool"
  chmod 755 "$dir/kafka-$tool"
done
printf '#!/bin/sh\nexec klogd "$@"\n' >"$dir/kafka-server-start"
chmod 755 "$dir/kafka-server-start"
