package flask_test

import (
	"context"
	"fmt"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/flask"
	"github.com/retort-go/retort/password"
)

// An app in front of a Flask application, on its cookie.
func ExampleBeside() {
	key := []byte(sharedKey) // Flask's SECRET_KEY
	sessions, err := flask.NewSessions(flask.SessionConfig{SecretKey: key})
	if err != nil {
		fmt.Println(err)
		return
	}
	app := retort.New(retort.Config{SecretKey: key, InsecureSHA1Sessions: sessions})
	app.Get("/hello", func(c *retort.Ctx) error {
		return c.Text("Hello, " + flask.Login{}.UserID(c)) // who may have logged in there
	}).Named("hello")

	flask.Beside("http://127.0.0.1:5000").Mount(app) // has all other routes
	fmt.Println(app.Compile())
	// Output: <nil>
}

// What is in a cookie of Flask's.
func ExampleSessions_Decode() {
	sessions, err := flask.NewSessions(flask.SessionConfig{SecretKey: []byte("dev"), InsecureWeakKey: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	values, err := sessions.Decode("eyJ1c2VyX2lkIjoxfQ.ZVPxAA.-iTHWki8YqEjY8B2FguGpvAGqyg", time.Unix(1_700_000_060, 0), time.Hour)
	fmt.Println(values, err)
	// Output: map[user_id:1] <nil>
}

// A link in a mail that either server reads.
func ExampleTokens() {
	reset, err := flask.NewTokens(flask.URLSafeTimed, flask.SignerConfig{Key: []byte("dev"), Salt: "password-reset"})
	if err != nil {
		fmt.Println(err)
		return
	}
	sent := time.Unix(1_700_000_000, 0)
	token, err := reset.Dump("user@example.com", sent)
	fmt.Println(token, err)

	var address string
	_, err = reset.Load(token, sent.Add(10*time.Minute), time.Hour, &address)
	fmt.Println(address, err)
	_, err = reset.Load(token, sent.Add(2*time.Hour), time.Hour, &address)
	fmt.Println(err)
	// Output:
	// InVzZXJAZXhhbXBsZS5jb20i.ZVPxAA.SRASLATvCRT1NPr2M6mjbs90cEg <nil>
	// user@example.com <nil>
	// flask: token has expired
}

// A hash from the old application's table.
func ExamplePasswords() {
	hasher, err := password.New(password.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	old := flask.NewPasswords(hasher, "")
	ok, stale, err := old.Verify(context.Background(), "pbkdf2:sha256:1000$abcdefgh$18751b39835fcdcff55cfd8c589c50d0e07cdc0b61240e4b24425c27a6a1cc56", "secret")
	fmt.Println(ok, stale, err)
	// Output: true true <nil>
}

// What Flask-Session keeps in Redis, under "session:" and the id in the cookie.
func ExampleUnmarshalStored() {
	values, err := flask.UnmarshalStored([]byte("\x81\xa7user_id\x01"))
	fmt.Println(values, err)
	_, err = flask.UnmarshalStored([]byte("\x80\x04}\x94."))
	fmt.Println(err)
	// Output:
	// map[user_id:1] <nil>
	// flask: the stored session is a pickle, which is not read: set SESSION_SERIALIZATION_FORMAT to msgpack or json in Flask-Session 0.7 or later
}
