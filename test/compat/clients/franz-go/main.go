// franz-go as a copier: see ../../copiers.ts.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	abortEvery            = 5
	recordsPerTransaction = 20
	startMeAgain          = 75
)

var background = context.Background()

func main() {
	bootstrap, input, output, group, transactionalID := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]
	session, err := kgo.NewGroupTransactSession(
		kgo.SeedBrokers(bootstrap),
		kgo.TransactionalID(transactionalID),
		kgo.ConsumerGroup(group),
		kgo.InstanceID(group+"-member"),
		kgo.ConsumeTopics(input),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.SessionTimeout(6*time.Second),
		kgo.HeartbeatInterval(500*time.Millisecond),
	)
	must(err)
	defer session.Close()
	// Asking for a producer id ends what a killed copier left open: its offsets would hold up ours.
	_, _, err = session.Client().ProducerID(background)
	must(err)
	for transactions := 1; ; transactions++ {
		records := poll(session)
		for len(records) == 0 {
			if isAtEnd(session, group) {
				return
			}
			records = poll(session)
		}
		transact(session, output, records, transactions%abortEvery == 0)
	}
}

func poll(session *kgo.GroupTransactSession) []*kgo.Record {
	ctx, cancel := context.WithTimeout(background, 200*time.Millisecond)
	defer cancel()
	return session.PollRecords(ctx, recordsPerTransaction).Records()
}

func transact(session *kgo.GroupTransactSession, output string, records []*kgo.Record, isToAbort bool) {
	must(session.Begin())
	say("begun")
	copies := make([]*kgo.Record, len(records))
	for at, record := range records {
		copies[at] = &kgo.Record{Topic: output, Key: record.Key, Value: append([]byte("copy of "), record.Value...)}
	}
	err := session.ProduceSync(background, copies...).FirstErr()
	say("sent")
	isToAbort = isToAbort || err != nil
	if isToAbort {
		say("aborting")
	} else {
		say("committing")
	}
	// Ending the session's transaction sends the offsets, and after an abort it goes back to the committed ones.
	isCommitted, err := session.End(background, kgo.TransactionEndTry(!isToAbort))
	must(err)
	if isCommitted {
		say("committed")
	} else {
		say("aborted")
	}
}

func isAtEnd(session *kgo.GroupTransactSession, group string) bool {
	lags, err := kadm.NewClient(session.Client()).Lag(background, group)
	lag := lags[group]
	return err == nil && lag.Error() == nil && len(lag.Lag.Sorted()) > 0 && lag.Lag.Total() == 0
}

func must(err error) {
	if err != nil {
		// Ending a transaction does not wait for a broker that is away, and leaves a session that is of no more use.
		log.Print(err)
		os.Exit(startMeAgain)
	}
}

func say(event string) {
	fmt.Println(event)
}
