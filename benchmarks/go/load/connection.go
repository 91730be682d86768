package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"time"
)

// connection asks one request at a time. It is kept from one to the next, or with fresh closed
// after each.
type connection struct {
	target  *target
	fresh   bool
	tls     *tls.Conn
	reader  *bufio.Reader
	scratch []byte
	answer  bytes.Buffer
}

// ask sends the request of this number and reads the answer. Returns when it began and what it took.
func (c *connection) ask(at int64) (time.Time, time.Duration, error) {
	wanted := &c.target.requests[at%int64(len(c.target.requests))]
	text, uid := wanted.numbered(c.scratch, at)
	c.scratch = text
	start := time.Now()
	err := c.exchange(text)
	took := time.Since(start)
	if err == nil && c.target.uid && !bytes.Contains(c.answer.Bytes(), uid) {
		err = fmt.Errorf("the answer to %s is of another request: %.200s", uid, c.answer.Bytes())
	}
	return start, took, err
}

func (c *connection) exchange(text []byte) error {
	if c.tls == nil {
		if err := c.open(); err != nil {
			return err
		}
	}
	if err := c.tls.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := c.tls.Write(text); err != nil {
		return err
	}
	if err := c.receive(); err != nil {
		return err
	}
	if c.fresh {
		c.close()
	}
	return nil
}

func (c *connection) receive() error {
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	defer response.Body.Close()
	c.answer.Reset()
	if _, err := io.Copy(&c.answer, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %.200s", response.Status, c.answer.Bytes())
	}
	if response.Close && !c.fresh {
		return fmt.Errorf("the server closes a connection that is to be kept")
	}
	return nil
}

func (c *connection) open() (err error) {
	if c.tls, err = c.target.connect(); err == nil {
		c.reader = bufio.NewReader(c.tls)
	}
	return err
}

func (c *connection) close() {
	if c.tls != nil {
		c.tls.Close()
		c.tls = nil
	}
}
