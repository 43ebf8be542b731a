package ioc

import (
	"bytes"
	"crypto/sha3"
	"encoding/base32"
)

// onionKind is the kind of a host in lower case: an onion service where its
// kind is asked for, else a domain. The address of a service of version 3 holds
// a checksum; one of version 2, long switched off, is told by its length.
func (s *scanner) onionKind(host []byte) kind {
	if !s.wants(1 << kOnion) {
		return kDomain
	}
	name, ok := bytes.CutSuffix(host, []byte(".onion"))
	if !ok {
		return kDomain
	}
	name = name[bytes.LastIndexByte(name, '.')+1:]
	if len(name) == 16 && isBase32(name) || len(name) == 56 && isOnionV3(name) {
		return kOnion
	}
	return kDomain
}

var onionDigits = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func isBase32(name []byte) bool {
	_, err := onionDigits.DecodeString(string(name))
	return err == nil
}

// isOnionV3 checks a key, the first two bytes of its checksum, and the version.
func isOnionV3(name []byte) bool {
	b, err := onionDigits.DecodeString(string(name))
	if err != nil || len(b) != 35 || b[34] != 3 {
		return false
	}
	h := sha3.New256()
	h.Write([]byte(".onion checksum"))
	h.Write(b[:32])
	h.Write([]byte{3})
	sum := h.Sum(nil)
	return sum[0] == b[32] && sum[1] == b[33]
}
