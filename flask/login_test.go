package flask_test

import (
	"errors"
	"testing"

	"github.com/retort-go/retort/flask"
)

func TestLoginIDVectors(t *testing.T) {
	browser, curl := "Mozilla/5.0 (X)", "curl/8"
	for _, tt := range []struct {
		addr  string
		agent *string
		want  string
	}{
		{"127.0.0.1", &browser, "3acf3e56b0ae196901c9dbaa8f4eeeb1cbe57b1af864ed31d01f256f3d422f478bcd323493e9a3812b50548e8de6da1e61c6dc258f2a45c985b0cd63421a559e"},
		{"1.2.3.4", &curl, "cbfd8134693cffbdba5bf2b4073d1184faead1c546ad8f9deb5b5a5622485f6dd578ae810916fa86b8303ab3cdaa96ebfa2695679d8d5e6c4baf7b18815efc7a"},
		{"::1", nil, "e09afc2241c53b2b2501f7e06ded69264fa02cbac79377a9a30da747722763d8b28a5d20712343464ff24ef3317f7a22d064a2e60a8c698b2cce6e7ac10be6c5"},
	} {
		if got := flask.LoginID(tt.addr, tt.agent); got != tt.want {
			t.Errorf("LoginID(%s) = %s, want %s", tt.addr, got, tt.want)
		}
	}
	const want07 = "fe1d1a539ff09a037f1e650c7b5b3063c08fd257af4f7676ab1847e479c7d83262a1fef01c05de7bedd22d47c22236e1675700eb9d48010badbc6b7faa2fe307"
	if got := flask.LoginID07("127.0.0.1", browser); got != want07 {
		t.Errorf("LoginID07 = %s, want %s", got, want07)
	}
}

func TestRememberVectors(t *testing.T) {
	for _, tt := range []struct{ key, id, want string }{
		{"dev", "42", "42|b004c6ce2101ea6a03239661c7258dafed7a368188b18664b48b9cb968c180b5df878809667601f668c61fb51110a7367ecfd8807420ba06e2388950183a841e"},
		{"dev", "alice@example.com", "alice@example.com|76c16ff0e2ffb19922eef75e39261c00f5a139d093759953267dd29da4da8c08d4fea7c079a1570966ad850eb15ddfcba063c9660ad9a94532568667d1e0fd2a"},
		{"dev", "1|2", "1|2|2c484cf189ecd85458620ed9e8a23fba9189b8852ba88db2733c62ad006fe70ae89a031f621bcc302f552515ccff8f1a08abb0a49b3f7c46077177645ee9f81e"},
		{"dev", "ü", "ü|3b0eb22ffebbccc4464f10c820f35453072c4cb512cc3ee8fb3018c465ccddb8312f6259b06bf1a9ea8bdc6b58e8d994fbab03eedc8829925f20201fd60ee3d2"},
		{"another-secret", "42", "42|4b54eed36f801e68462fad95d269a4398d859b68b54972d8fa466d11b6e1d1d3105e5d5687f51959e1d049830a3da5b698a5cb08294182316d65c6df5ff8da88"},
	} {
		if got, err := flask.SealRemember([]byte(tt.key), tt.id); err != nil || got != tt.want {
			t.Errorf("SealRemember(%s) = %s, %v, want %s", tt.id, got, err, tt.want)
		}
		if got, err := flask.OpenRemember([]byte(tt.key), tt.want); err != nil || got != tt.id {
			t.Errorf("OpenRemember(%s) = %s, %v, want %s", tt.want, got, err, tt.id)
		}
		if _, err := flask.OpenRemember([]byte("other"), tt.want); !errors.Is(err, flask.ErrSignature) {
			t.Errorf("OpenRemember with another key: %v, want ErrSignature", err)
		}
		if _, err := flask.OpenRemember([]byte(tt.key), "1"+tt.want); !errors.Is(err, flask.ErrSignature) {
			t.Errorf("OpenRemember of another id: %v, want ErrSignature", err)
		}
	}
	if _, err := flask.OpenRemember(dev, "42"); !errors.Is(err, flask.ErrMalformed) {
		t.Errorf("OpenRemember without a signature: %v, want ErrMalformed", err)
	}
	if _, err := flask.SealRemember([]byte("ключ"), "42"); err == nil {
		t.Error("SealRemember with a key that Latin-1 cannot spell succeeded")
	}
	if _, err := flask.SealRemember(nil, "42"); err == nil {
		t.Error("SealRemember without a key succeeded")
	}
}
