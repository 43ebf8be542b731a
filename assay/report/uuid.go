package report

import (
	"crypto/sha1" //nolint:gosec // RFC 9562 makes version 5 of SHA-1; it is a name here, not a proof
	"encoding/hex"
	"fmt"
	"strings"
)

// A uuid is a UUID as 16 bytes.
type uuid [16]byte

// home is the namespace of every id that no standard gives: the UUID of
// version 5 of the project's address.
var home = uuid5(uuid{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}, // RFC 9562, for URLs
	"https://github.com/retort-go/retort/assay")

// uuid5 returns the UUID of version 5 that name has in a namespace.
func uuid5(space uuid, name string) uuid {
	h := sha1.New() //nolint:gosec // as above
	h.Write(space[:])
	h.Write([]byte(name))
	var u uuid
	copy(u[:], h.Sum(nil))
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return u
}

func (u uuid) String() string {
	s := hex.EncodeToString(u[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// canonical is a JSON object of texts as RFC 8785 writes it. Members come in
// pairs of name and text, ordered by name.
func canonical(pairs ...string) string {
	var b strings.Builder
	open := byte('{')
	for i := 0; i < len(pairs); i += 2 {
		b.WriteByte(open)
		writeCanonical(&b, pairs[i])
		b.WriteByte(':')
		writeCanonical(&b, pairs[i+1])
		open = ','
	}
	b.WriteByte('}')
	return b.String()
}

// writeCanonical writes s as RFC 8785 writes it: only what has to be escaped
// is. Bytes that are not UTF-8 become U+FFFD, as they do wherever the value is
// written as JSON.
func writeCanonical(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch i := strings.IndexRune("\b\t\n\f\r\"\\", r); {
		case i >= 0:
			b.WriteByte('\\')
			b.WriteByte(`btnfr"\`[i])
		case r < ' ':
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}
