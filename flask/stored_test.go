package flask_test

import (
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/flask"
)

// Values that Flask-Session 0.8 left in Redis.
func TestStoredVectors(t *testing.T) {
	flash := []any{[]any{"message", "hi"}}
	for _, tt := range []struct {
		data string // hexadecimal, unless it is JSON
		want values
	}{
		{"81a7757365725f696401", values{"user_id": int64(1)}},
		{"83aa5f7065726d616e656e74c3a85f757365725f6964a23432a65f6672657368c3", values{"_permanent": true, "_user_id": "42", "_fresh": true}},
		{"83aa5f7065726d616e656e74c3a7757365725f696401a85f666c61736865739192a76d657373616765a26869", values{"_permanent": true, "user_id": int64(1), "_flashes": flash}},
		{"82aa637372665f746f6b656ed92830313233343536373839616263646566303132333435363738396162636465663031323334353637a85f666c61736865739192a76d657373616765a548656c6c6f",
			values{"csrf_token": "0123456789abcdef0123456789abcdef01234567", "_flashes": []any{[]any{"message", "Hello"}}}},
		{"87a16ec0a166cb3ff8000000000000a169ffa3626967cf0000010000000000a162c40100a16c9201a2c3a9a16d81a16ba176",
			values{"n": nil, "f": 1.5, "i": int64(-1), "big": int64(1 << 40), "b": []byte{0}, "l": []any{int64(1), "é"}, "m": values{"k": "v"}}},
		{`{"_permanent":true,"user_id":1,"_flashes":[["message","hi"]]}`, values{"_permanent": true, "user_id": int64(1), "_flashes": flash}},
		{hex.EncodeToString([]byte("\x87\xaa_permanent\xc3\xa1d\xd6\xffe\x93}%\xa2dn\xb32024-01-02T03:04:05\xa1u\xd9$00000000-0000-0000-0000-000000000005\xa3dec\xa41.10\xa1b\xc4\x01\x01\xa1t\x92\x01\x02")),
			values{"_permanent": true, "d": time.Unix(0x65937d25, 0).UTC(), "dn": "2024-01-02T03:04:05", "u": "00000000-0000-0000-0000-000000000005",
				"dec": "1.10", "b": []byte{1}, "t": []any{int64(1), int64(2)}}},
	} {
		data := []byte(tt.data)
		if tt.data[0] != '{' {
			var err error
			if data, err = hex.DecodeString(tt.data); err != nil {
				t.Fatal(err)
			}
		}
		got, err := flask.UnmarshalStored(data)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("UnmarshalStored(%s) = %v, %v, want %v", tt.data, got, err, tt.want)
		}
		back, err := flask.MarshalStored(tt.want, flask.Msgpack)
		if tt.data[0] == '8' && len(back) != len(data) { // keys may stand in another order
			t.Errorf("MarshalStored(%v) = %x, %v, want %d bytes", tt.want, back, err, len(data))
		}
		if got, err = flask.UnmarshalStored(back); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("UnmarshalStored(MarshalStored(%v)) = %v, %v", tt.want, got, err)
		}
	}
}

func TestStoredTypes(t *testing.T) {
	in := values{"t": flask.Tuple{1, flask.Markup("<b>")}, "u": uuid, "d": day, "b": []byte("x"), "big": big30,
		"s": struct{ A int }{5}, "ints": []any{-33, -200, -70000, int64(-5e9), 200, 70000, int64(5e9)}, "long": strings.Repeat("x", 300),
		"far": time.Date(2600, 1, 1, 0, 0, 0, 5, time.UTC), "fine": time.Unix(5, 7).UTC()}
	ints := []any{int64(-33), int64(-200), int64(-70000), int64(-5e9), int64(200), int64(70000), int64(5e9)}
	for format, want := range map[flask.StoredFormat]values{
		flask.Msgpack: {"t": []any{int64(1), "<b>"}, "u": uuid.String(), "d": day, "b": []byte("x"), "big": big30.String(),
			"s": values{"A": int64(5)}, "ints": ints, "long": strings.Repeat("x", 300), "far": in["far"], "fine": in["fine"]},
		flask.JSON: {"t": []any{int64(1), "<b>"}, "u": uuid.String(), "d": "2024-02-29T12:30:45Z", "b": "eA==", "big": big30,
			"s": values{"A": int64(5)}, "ints": ints, "long": strings.Repeat("x", 300), "far": "2600-01-01T00:00:00.000000005Z", "fine": "1970-01-01T00:00:05.000000007Z"},
	} {
		data, err := flask.MarshalStored(in, format)
		if err != nil {
			t.Errorf("MarshalStored as %d: %v", format, err)
			continue
		}
		if got, err := flask.UnmarshalStored(data); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("format %d: got\n%v, %v, want\n%v", format, got, err, want)
		}
	}
	if _, err := flask.MarshalStored(values{"f": func() {}}, flask.Msgpack); err == nil {
		t.Error("MarshalStored of a func succeeded")
	}
}

func TestStoredRefuses(t *testing.T) {
	for _, tt := range []struct {
		data string
		want error
	}{
		{"\x80\x04\x95>\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\n_permanent\x94\x88u.", flask.ErrPickle},
		{"\x80\x05\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x07user_id\x94K\x01s.", flask.ErrPickle},
		{"\x80\x02}q\x00.", flask.ErrPickle},
		{"(dp0\nS'a'\n", flask.ErrPickle},
		{"", flask.ErrPayload},
		{"\x01", flask.ErrPayload},
		{"\x90", flask.ErrPayload},
		{"\x81\xa1a", flask.ErrPayload},
		{"\x81\xa1a\x01\x01", flask.ErrPayload},
		{"\x81\xc0\x01", flask.ErrPayload},
		{"\x81\xa1a\xc1", flask.ErrPayload},
		{"\x81\xa1a\xa1\xff", flask.ErrPayload},
		{"\x81\xa1a\xd4\x05\x00", flask.ErrPayload},
		{"\x81\xa1a\xdb\xff\xff\xff\xff", flask.ErrPayload},
		{strings.Repeat("\xdd\x0f\xff\xff\xff", 1000), flask.ErrPayload},
		{strings.Repeat("\x91", 100_000), flask.ErrPayload},
		{strings.Repeat("\xc0", 2<<20), flask.ErrPayload},
		{"[1]", flask.ErrPayload},
		{"{", flask.ErrPayload},
	} {
		if got, err := flask.UnmarshalStored([]byte(tt.data)); !errors.Is(err, tt.want) {
			t.Errorf("UnmarshalStored(%.20q) = %v, %v, want %v", tt.data, got, err, tt.want)
		}
	}
}

func TestStoredID(t *testing.T) {
	signer, err := flask.NewStoredIDSigner(dev)
	if err != nil {
		t.Fatal(err)
	}
	s43 := strings.Repeat("s", 43)
	for _, tt := range []struct {
		cookie, want string
		signed       bool
	}{
		{"abc.PJw42rZcwe82Whbo0poRR9mBVes", "abc", true},
		{"xR4pKq0.FhgIDl7CrNemNtXU3Rkol8cGUY0", "xR4pKq0", true},
		{s43 + ".xi-auikBF8uei8-KzID3Gwe7-Q8", s43, true},
		{s43 + ".xi-auikBF8uei8-KzID3Gwe7-Q9", "", true},
		{s43, "", true},
		{s43, s43, false},
		{"00000000-0000-4000-8000-000000000005", "00000000-0000-4000-8000-000000000005", false},
		{"", "", false},
		{"a b", "", false},
		{"*", "", false},
		{strings.Repeat("s", 300), "", false},
	} {
		s := signer
		if !tt.signed {
			s = nil
		}
		if got, err := flask.StoredID(tt.cookie, s); got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("StoredID(%q, signed %t) = %q, %v, want %q", tt.cookie, tt.signed, got, err, tt.want)
		}
		if tt.signed && tt.want != "" && signer.Sign(tt.want) != tt.cookie {
			t.Errorf("Sign(%s) = %s, want %s", tt.want, signer.Sign(tt.want), tt.cookie)
		}
	}
	if id := flask.NewStoredID(); len(id) != 43 || id == flask.NewStoredID() {
		t.Errorf("NewStoredID = %q", id)
	}
}
