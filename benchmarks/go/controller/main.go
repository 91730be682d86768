// A mutating webhook in controller-runtime's usual shape, doing what Taxiway does to a measured pod.
//
//	controller -port 8443 -certificates DIR -policy teams.json
//
// The shape is that of the project's own examples: the webhook server with its metrics, an
// admission.Decoder into a typed corev1.Pod, the pod changed in place, json.Marshal, and
// admission.PatchResponseFromRaw, which compares both texts. DIR holds tls.crt and tls.key.
package main

import (
	"context"
	"flag"
	"log"

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

func main() {
	port := flag.Int("port", 9443, "port to listen at")
	certificates := flag.String("certificates", "", "folder of tls.crt and tls.key")
	policy := flag.String("policy", "", "file of the teams, JSON")
	flag.Parse()
	teams, err := readTeams(*policy)
	if err != nil {
		log.Fatal(err)
	}
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		log.Fatal(err)
	}
	server := webhook.NewServer(webhook.Options{
		Host: "127.0.0.1", Port: *port, CertDir: *certificates,
	})
	mutator := &podMutator{teams: teams, decoder: admission.NewDecoder(scheme)}
	server.Register("/mutate", &webhook.Admission{Handler: mutator})
	log.Fatal(server.Start(context.Background()))
}
