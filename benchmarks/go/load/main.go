// A load generator: HTTPS requests in a closed loop or at a fixed rate, and what they took.
//
//	load -address 127.0.0.1:8443 -ca ca.crt -bodies bodies -connections 8 -requests 5000 -seconds 1
//
// It ends at that many requests or that many seconds, whichever is first, and prints one line of
// JSON. Every answer is looked at: the first that is no 200, or with -uid does not hold the uid
// of its request, ends everything with a message and exit code 1.
//
// -rate makes it an open loop: requests are due at even distances, whatever happened to the one
// before, and what they take is counted from when they were due.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"time"
)

// settings are what a run is told.
type settings struct {
	target      target
	connections int
	requests    int
	seconds     float64
	rate        float64
	fresh       bool // a new connection for each request
	pid         int  // of the server
}

func main() {
	told, err := read()
	if err == nil {
		// What is thrown away is some KiB a request: fewer collections, fewer pauses of our own.
		debug.SetGCPercent(800)
		var found *result
		if found, err = measure(told); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(found)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func read() (*settings, error) {
	told := &settings{}
	flag.StringVar(&told.target.address, "address", "", "host and port to ask")
	flag.StringVar(&told.target.path, "path", "/mutate", "path to post to")
	flag.BoolVar(&told.target.uid, "uid", false, "whether an answer holds its request's uid")
	authority := flag.String("ca", "", "file of the CA to trust")
	bodies := flag.String("bodies", "", "file of bodies, one a line, sent in turn")
	flag.IntVar(&told.connections, "connections", 8, "connections, each with one request at a time")
	flag.IntVar(&told.requests, "requests", 1000, "requests at most")
	flag.Float64Var(&told.seconds, "seconds", 10, "seconds at most")
	flag.Float64Var(&told.rate, "rate", 0, "requests a second; 0 is as many as are answered")
	flag.BoolVar(&told.fresh, "new", false, "a new connection for each request")
	flag.IntVar(&told.pid, "pid", 0, "process whose CPU time to tell; 0 is none")
	flag.Parse()
	return told, told.target.read(*authority, *bodies)
}

// deadline is when the last request may be sent.
func (s *settings) deadline(start time.Time) time.Time {
	return start.Add(time.Duration(s.seconds * float64(time.Second)))
}
