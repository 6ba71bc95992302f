// franz-go at work while brokers come and go: see ../../../workers.ts.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	bootstrap, topic := kgo.SeedBrokers(strings.Split(os.Args[2], ",")...), os.Args[3]
	switch os.Args[1] {
	case "produce":
		produce(client(bootstrap, kgo.DefaultProduceTopic(topic)))
	case "once":
		once(client(onceOptions(bootstrap, topic, os.Args[4])...), os.Args[5])
	case "read":
		read(client(bootstrap, kgo.ConsumeTopics(topic), kgo.ConsumerGroup(os.Args[4]),
			kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.AutoCommitInterval(500*time.Millisecond),
			kgo.SessionTimeout(6*time.Second), kgo.HeartbeatInterval(500*time.Millisecond)))
	}
}

func produce(producer *kgo.Client) {
	var failures atomic.Int32
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		key, value, _ := bytes.Cut(bytes.Clone(lines.Bytes()), []byte("\t"))
		producer.Produce(context.Background(), &kgo.Record{Key: key, Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				failures.Add(1)
				fmt.Fprintln(os.Stderr, err)
			}
		})
	}
	must(producer.Flush(context.Background()))
	producer.Close()
	if failures.Load() > 0 {
		os.Exit(1)
	}
}

func onceOptions(bootstrap kgo.Opt, topic, acks string) []kgo.Opt {
	required := kgo.LeaderAck()
	if acks == "all" {
		required = kgo.AllISRAcks()
	}
	return []kgo.Opt{bootstrap, kgo.DefaultProduceTopic(topic), kgo.RequiredAcks(required), kgo.DisableIdempotentWrite(),
		kgo.RecordRetries(0), kgo.ProduceRequestTimeout(5 * time.Second), kgo.RecordPartitioner(kgo.ManualPartitioner())}
}

func once(producer *kgo.Client, value string) {
	record := &kgo.Record{Key: []byte("once"), Value: []byte(value), Partition: 0}
	err := producer.ProduceSync(context.Background(), record).FirstErr()
	var told *kerr.Error
	switch {
	case err == nil:
		fmt.Println("acked")
	case errors.As(err, &told):
		fmt.Println(told.Message)
	default:
		fmt.Println(err)
	}
	producer.Close()
}

func read(consumer *kgo.Client) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	for ctx.Err() == nil {
		consumer.PollFetches(ctx).EachRecord(func(record *kgo.Record) { fmt.Printf("%s\n", record.Value) })
	}
	must(consumer.CommitUncommittedOffsets(context.Background()))
	consumer.Close()
}

func client(options ...kgo.Opt) *kgo.Client {
	made, err := kgo.NewClient(options...)
	must(err)
	return made
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
