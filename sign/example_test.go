package sign_test

import (
	"fmt"
	"time"

	"github.com/retort-go/retort/sign"
)

func Example() {
	ring, err := sign.NewKeyring([]byte("Vb0-nJ3xq2LmT8sYw5RkZ7cPfHd1GuE4aQo9XiN6tWs")) // from the environment
	if err != nil {
		fmt.Println(err)
		return
	}
	reset := ring.Signer("password-reset") // once, at set-up

	sent := time.Date(2026, 1, 2, 15, 0, 0, 0, time.UTC)
	token := string(reset.Append(nil, []byte("alice@example.com"), sent))

	payload, at, err := reset.Open(nil, token, sent.Add(10*time.Minute), time.Hour)
	fmt.Println(string(payload), at.UTC(), err)

	_, _, err = reset.Open(nil, token, sent.Add(2*time.Hour), time.Hour)
	fmt.Println(err)

	_, _, err = ring.Signer("session").Open(nil, token, sent, time.Hour)
	fmt.Println(err)
	// Output:
	// alice@example.com 2026-01-02 15:00:00 +0000 UTC <nil>
	// sign: token has expired
	// sign: signature does not match
}

// To replace a secret, put the new one in front, and drop the old one when the
// last token that it signed has expired.
func ExampleNewKeyring() {
	older, newer := []byte(sign.Generate()), []byte(sign.Generate())
	before, _ := sign.NewKeyring(older)
	after, _ := sign.NewKeyring(newer, older)

	now := time.Now()
	token := string(before.Signer("session").Append(nil, []byte("hello"), now))
	payload, _, err := after.Signer("session").Open(nil, token, now, time.Hour)
	fmt.Println(string(payload), err)
	// Output: hello <nil>
}

func ExampleCheck() {
	fmt.Println(sign.Check([]byte("dev")))
	fmt.Println(sign.Check([]byte(sign.Generate())))
	// Output:
	// sign: weak secret key: it has 3 bytes and needs 32; make one with: retort secret   (or: head -c 32 /dev/urandom | base64)
	// <nil>
}
