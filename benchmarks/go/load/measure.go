package main

import (
	"errors"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// unmeasured is how many requests each connection sends before, so that none is the first.
const unmeasured = 2

// spun is the last part of the wait for when a request is due: a timer would wake too late by a
// good part of what an answer takes.
const spun = 200 * time.Microsecond

// result is what a run tells. Times are microseconds.
type result struct {
	Requests int     `json:"requests"`
	Rate     float64 `json:"rate"` // a second
	CPU      float64 `json:"cpu"`  // the server's, a request
	P50      float64 `json:"p50"`
	P99      float64 `json:"p99"`
	P999     float64 `json:"p999"`
	Most     float64 `json:"most"`
}

// run is a measurement under way.
type run struct {
	*settings
	start, deadline time.Time
	next            atomic.Int64
	turn            sync.Mutex // of who waits for the next due time
}

func measure(told *settings) (*result, error) {
	connections := make([]*connection, told.connections)
	for i := range connections {
		connections[i] = &connection{target: &told.target, fresh: told.fresh}
		defer connections[i].close()
		for at := range unmeasured {
			if _, _, err := connections[i].ask(int64(at)); err != nil {
				return nil, err
			}
		}
	}
	before, err := cpu(told.pid)
	if err != nil {
		return nil, err
	}
	r := &run{settings: told, start: time.Now()}
	r.deadline = told.deadline(r.start)
	took, err := r.all(connections)
	seconds := time.Since(r.start).Seconds()
	if err != nil {
		return nil, err
	}
	after, err := cpu(told.pid)
	if err != nil {
		return nil, err
	}
	if len(took) == 0 {
		return nil, errors.New("not one request was answered in time: give more -seconds")
	}
	return summed(took, seconds, after-before), nil
}

// all lets every connection ask until the end, and gathers what each request took.
func (r *run) all(connections []*connection) ([]time.Duration, error) {
	taken := make([][]time.Duration, len(connections))
	failed := make([]error, len(connections))
	var group sync.WaitGroup
	for i, each := range connections {
		group.Go(func() { taken[i], failed[i] = r.ask(each) })
	}
	group.Wait()
	return slices.Concat(taken...), errors.Join(failed...)
}

func (r *run) ask(c *connection) ([]time.Duration, error) {
	taken := make([]time.Duration, 0, r.requests/r.connections+1)
	for {
		at, due := r.wait()
		if at >= int64(r.requests) || due.After(r.deadline) {
			return taken, nil
		}
		start, took, err := c.ask(at + unmeasured)
		if err != nil {
			return nil, err
		}
		if r.rate > 0 {
			took += start.Sub(due)
		}
		taken = append(taken, took)
	}
}

// wait returns the number of the next request and when it is due, then.
func (r *run) wait() (int64, time.Time) {
	if r.rate == 0 {
		return r.next.Add(1) - 1, time.Now()
	}
	r.turn.Lock()
	defer r.turn.Unlock()
	at := r.next.Add(1) - 1
	due := r.start.Add(time.Duration(float64(at) / r.rate * float64(time.Second)))
	time.Sleep(time.Until(due) - spun)
	for time.Now().Before(due) {
	}
	return at, due
}

func summed(took []time.Duration, seconds float64, cpu time.Duration) *result {
	slices.Sort(took)
	return &result{
		Requests: len(took),
		Rate:     float64(len(took)) / seconds,
		CPU:      microseconds(cpu) / float64(len(took)),
		P50:      percentile(took, 0.5),
		P99:      percentile(took, 0.99),
		P999:     percentile(took, 0.999),
		Most:     microseconds(took[len(took)-1]),
	}
}

// percentile is exact, by nearest rank.
func percentile(sorted []time.Duration, share float64) float64 {
	rank := int(math.Ceil(share * float64(len(sorted))))
	return microseconds(sorted[max(rank, 1)-1])
}

func microseconds(took time.Duration) float64 {
	return float64(took.Nanoseconds()) / 1000
}
