package ioc

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"math/big"
	"strings"
)

// Coin addresses carry checksums, so a word is one or it is not; Solana's do
// not, and need a label.

// coin reads the address of a coin that begins at p. e is where its first word
// ends.
func (s *scanner) coin(p, e int) int {
	n := e - p
	if n < 25 && !(n == 2 && s.b[p] == '0') && !(n == 11 || n == 7) || n > 120 {
		return s.cashAddress(p, e)
	}
	word := s.b[p:e]
	k, ok := coinOf(word)
	if !ok && s.wants(1<<kSolana) && n >= 32 && n <= 44 && (s.labelledBy(p, "solana") || s.labelledBy(p, "sol")) {
		k, ok = kSolana, len(base58(word, bitcoinDigits)) == 32
	}
	if !ok {
		return s.cashAddress(p, e)
	}
	switch k {
	case kEthereum:
		value := checksumEthereum(word)
		if value == nil {
			return 0
		}
		s.takeText(k, p, e, value, byChecksum)
	case kSolana:
		s.take(k, p, e, byLabel)
	case kBitcoin, kLitecoin, kCardano:
		if !hasLower(word) { // bech32 may be written in capitals
			s.takeText(k, p, e, bytes.ToLower(word), byChecksum)
			break
		}
		fallthrough
	default:
		s.take(k, p, e, byChecksum)
	}
	return e
}

// coinOf tells which coin's address word is.
func coinOf(word []byte) (kind, bool) {
	n := len(word)
	if n == 42 && word[0] == '0' && word[1] == 'x' {
		return kEthereum, allHex(word[2:])
	}
	if i := bytes.LastIndexByte(word, '1'); i > 0 && (word[0] == 'b' || word[0] == 'l' || word[0] == 'a' || word[0] == 'B' || word[0] == 'L' || word[0] == 'A') {
		if k, ok := bech32Coin(word, i); ok {
			return k, true
		}
	}
	switch {
	case n >= 26 && n <= 36:
		return base58Coin(word)
	case n == 56 && word[0] == 'G':
		return kStellar, isStellar(word)
	case (n == 95 || n == 106) && (word[0] == '4' || word[0] == '8'):
		return kMonero, isMonero(word)
	}
	return 0, false
}

func allHex(b []byte) bool {
	for _, c := range b {
		if !is(c, cHex) {
			return false
		}
	}
	return true
}

const (
	bitcoinDigits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	rippleDigits  = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
)

// base58 decodes a word, or returns nil.
func base58(word []byte, digits string) []byte {
	n, zeros := new(big.Int), 0
	for i, c := range word {
		d := strings.IndexByte(digits, c)
		if d < 0 {
			return nil
		}
		if d == 0 && zeros == i {
			zeros++
		}
		n.Mul(n, big.NewInt(58)).Add(n, big.NewInt(int64(d)))
	}
	return append(make([]byte, zeros), n.Bytes()...)
}

// base58Coin reads the addresses that are a version, a hash and the first four
// bytes of its double SHA-256.
func base58Coin(word []byte) (kind, bool) {
	if bytes.IndexByte([]byte("13mn2LMDA9X7trTKK"), word[0]) < 0 {
		return 0, false
	}
	digits := bitcoinDigits
	if word[0] == 'r' {
		digits = rippleDigits
	}
	b := base58(word, digits)
	if len(b) < 25 {
		return 0, false
	}
	payload, sum := b[:len(b)-4], b[len(b)-4:]
	once := sha256.Sum256(payload)
	twice := sha256.Sum256(once[:])
	if !bytes.Equal(twice[:4], sum) {
		return 0, false
	}
	switch len(b) {
	case 25:
		switch {
		case digits == rippleDigits:
			return kRipple, b[0] == 0
		case b[0] == 0x00, b[0] == 0x05:
			return kBitcoin, true
		case b[0] == 0x30, b[0] == 0x32:
			return kLitecoin, true
		case b[0] == 0x1e, b[0] == 0x16:
			return kDogecoin, true
		case b[0] == 0x4c, b[0] == 0x10:
			return kDash, true
		case b[0] == 0x41:
			return kTron, true
		}
	case 26: // two bytes of version
		return kZcash, b[0] == 0x1c && (b[1] == 0xb8 || b[1] == 0xbd)
	case 27:
		switch string(b[:3]) {
		case "\x06\xa1\x9f", "\x06\xa1\xa1", "\x06\xa1\xa4", "\x02\x5a\x79":
			return kTezos, true
		}
	}
	return 0, false
}

const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32Coin reads "bc1…", "ltc1…" and "addr1…" (BIP 173, BIP 350); i is where
// the last '1' stands.
func bech32Coin(word []byte, i int) (kind, bool) {
	lowerCase := bytes.ToLower(word)
	if !bytes.Equal(lowerCase, word) && hasLower(word) {
		return 0, false
	}
	var k kind
	switch string(lowerCase[:i]) {
	case "bc":
		k = kBitcoin
	case "ltc":
		k = kLitecoin
	case "addr":
		k = kCardano
	default:
		return 0, false
	}
	values := make([]byte, 0, len(word))
	for _, c := range lowerCase[:i] {
		values = append(values, c>>5)
	}
	values = append(values, 0)
	for _, c := range lowerCase[:i] {
		values = append(values, c&31)
	}
	for _, c := range lowerCase[i+1:] {
		d := strings.IndexByte(bech32Digits, c)
		if d < 0 {
			return 0, false
		}
		values = append(values, byte(d))
	}
	sum := polymod32(values)
	return k, (sum == 1 || sum == 0x2bc830a3) && len(word)-i > 20
}

func polymod32(values []byte) uint32 {
	sum := uint32(1)
	for _, v := range values {
		top := sum >> 25
		sum = (sum&0x1ffffff)<<5 ^ uint32(v)
		for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 != 0 {
				sum ^= g
			}
		}
	}
	return sum
}

// cashAddress reads "bitcoincash:q…", with or without the prefix.
func (s *scanner) cashAddress(p, e int) int {
	if !s.wants(1 << kBitcoinCash) {
		return 0
	}
	start, payload := p, p
	if foldEqual(s.b[p:e], "bitcoincash") && s.at(e) == ':' {
		payload = e + 1
	}
	end := payload
	for end < payload+43 && is(s.at(end), cAlnum) {
		end++
	}
	if end-payload != 42 || is(s.at(end), cAlnum) || s.b[payload]|0x20 != 'q' && s.b[payload]|0x20 != 'p' {
		return 0
	}
	var values []byte
	for _, c := range []byte("bitcoincash") {
		values = append(values, c&31)
	}
	values = append(values, 0)
	for _, c := range bytes.ToLower(s.b[payload:end]) {
		d := strings.IndexByte(bech32Digits, c)
		if d < 0 {
			return 0
		}
		values = append(values, byte(d))
	}
	if polymod40(values) != 0 {
		return 0
	}
	s.takeText(kBitcoinCash, start, end, append([]byte("bitcoincash:"), bytes.ToLower(s.b[payload:end])...), byChecksum)
	return end
}

func polymod40(values []byte) uint64 {
	sum := uint64(1)
	for _, v := range values {
		top := sum >> 35
		sum = (sum&0x07ffffffff)<<5 ^ uint64(v)
		for i, g := range [...]uint64{0x98f2bc8e61, 0x79b76d99e2, 0xf33e5fb3c4, 0xae2eabe2a8, 0x1e4f43e470} {
			if top>>i&1 != 0 {
				sum ^= g
			}
		}
	}
	return sum ^ 1
}

// checksumEthereum returns an address with the capitals of EIP-55, or nil if it
// has capitals and small letters that are not those.
func checksumEthereum(word []byte) []byte {
	digits := bytes.ToLower(word[2:])
	sum := keccak256(digits)
	value := []byte("0x")
	for i, c := range digits {
		if sum[i/2]>>(4*(1-i%2))&8 != 0 && c >= 'a' {
			c -= 0x20
		}
		value = append(value, c)
	}
	written := word[2:]
	letters := bytes.Trim(written, "0123456789")
	mixed := hasLower(letters) && !bytes.Equal(bytes.ToLower(letters), letters)
	if mixed && !bytes.Equal(value[2:], written) {
		return nil
	}
	return value
}

// isStellar checks an account: a version, 32 bytes and CRC-16/XMODEM.
func isStellar(word []byte) bool {
	b, err := base32.StdEncoding.DecodeString(string(word))
	if err != nil || len(b) != 35 || b[0] != 6<<3 {
		return false
	}
	var crc uint16
	for _, c := range b[:33] {
		crc ^= uint16(c) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc == uint16(b[33])|uint16(b[34])<<8
}

// isMonero checks an address: blocks of 8 bytes in 11 digits each, the last
// four bytes the Keccak-256 of the others.
func isMonero(word []byte) bool {
	sizes := map[int]int{2: 1, 3: 2, 5: 3, 6: 4, 7: 5, 9: 6, 10: 7, 11: 8}
	var b []byte
	for len(word) > 0 {
		block := word[:min(11, len(word))]
		word = word[len(block):]
		n := new(big.Int).SetBytes(base58(block, bitcoinDigits))
		size, ok := sizes[len(block)]
		if !ok || n.BitLen() > 8*size || base58(block, bitcoinDigits) == nil {
			return false
		}
		b = append(b, n.FillBytes(make([]byte, size))...)
	}
	if len(b) < 69 {
		return false
	}
	sum := keccak256(b[:len(b)-4])
	switch b[0] {
	case 18, 19, 42:
		return hex.EncodeToString(sum[:4]) == hex.EncodeToString(b[len(b)-4:])
	}
	return false
}
