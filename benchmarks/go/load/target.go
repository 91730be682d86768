package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// number stands in a body wherever the number of the request goes: no two are the same, as no two
// pods are.
const number = "nnnnnnnn"

// patience is how long one answer may take; a hundred times what the slowest server needs.
const patience = 10 * time.Second

// target is who is asked, and what.
type target struct {
	address, path string
	uid           bool
	tls           *tls.Config
	requests      []request
}

// request is one body with its head. places are where the number goes, uid where the uid stands.
type request struct {
	text   []byte
	places []int
	uid    [2]int
}

func (t *target) read(authority, bodies string) error {
	pem, err := os.ReadFile(authority)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%s holds no certificate", authority)
	}
	t.tls = &tls.Config{RootCAs: roots, ServerName: "localhost"}
	content, err := os.ReadFile(bodies)
	if err != nil {
		return err
	}
	for _, body := range bytes.Split(bytes.TrimSpace(content), []byte("\n")) {
		made, err := t.request(body)
		if err != nil {
			return err
		}
		t.requests = append(t.requests, made)
	}
	return nil
}

// request is a body as the API server sends it: head and body at once.
func (t *target) request(body []byte) (request, error) {
	head := "POST " + t.path + " HTTP/1.1\r\nHost: localhost\r\n" +
		"User-Agent: kube-apiserver-admission\r\nContent-Length: " + strconv.Itoa(len(body)) +
		"\r\nAccept: application/json\r\nContent-Type: application/json\r\n\r\n"
	made := request{text: append([]byte(head), body...)}
	for at := 0; ; {
		found := bytes.Index(made.text[at:], []byte(number))
		if found < 0 {
			break
		}
		made.places = append(made.places, at+found)
		at += found + len(number)
	}
	key := []byte(`"uid":"`)
	start := bytes.Index(made.text, key) + len(key)
	length := bytes.IndexByte(made.text[start:], '"')
	if start < len(key) || length < 0 {
		return made, errors.New("a body holds no uid")
	}
	made.uid = [2]int{start, start + length}
	return made, nil
}

// numbered writes a request with its number into scratch, and returns its uid too.
func (r *request) numbered(scratch []byte, at int64) (text, uid []byte) {
	text = append(scratch[:0], r.text...)
	digits := fmt.Appendf(nil, "%08d", at)
	for _, place := range r.places {
		copy(text[place:], digits)
	}
	return text, text[r.uid[0]:r.uid[1]]
}

func (t *target) connect() (*tls.Conn, error) {
	dialer := net.Dialer{Timeout: patience}
	return tls.DialWithDialer(&dialer, "tcp", t.address, t.tls)
}
