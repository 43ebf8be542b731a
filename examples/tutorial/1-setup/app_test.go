package main

import (
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
	"github.com/retort-go/retort/sign"
)

func TestHello(t *testing.T) {
	app, err := New(Settings{retort.Config{SecretKey: []byte(sign.Generate())}})
	if err != nil {
		t.Fatal(err)
	}
	r := retorttest.New(t, app).Get("/")
	if r.Status != 200 || r.Body != "Hello from Flaskr." {
		t.Errorf("got %d %q", r.Status, r.Body)
	}
}
