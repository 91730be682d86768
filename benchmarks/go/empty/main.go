// The floor in Go: an answer that says nothing, by net/http over TLS.
//
//	empty -address 127.0.0.1:8443 -certificate tls.crt -key tls.key
package main

import (
	"flag"
	"log"
	"net/http"
)

func main() {
	address := flag.String("address", "", "host and port to listen at")
	certificate := flag.String("certificate", "", "file of the certificate")
	key := flag.String("key", "", "file of its key")
	flag.Parse()
	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	server := &http.Server{Addr: *address, Handler: nothing}
	log.Fatal(server.ListenAndServeTLS(*certificate, *key))
}
